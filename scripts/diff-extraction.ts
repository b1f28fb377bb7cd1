// npm run diff-extraction: what changed when a module became a service, which is the lesson of an extraction.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Command } from 'commander';
import {
  compareExtraction,
  listServices,
  moduleFolder,
  serviceFolder,
  type ExtractedFile,
  type FileState,
} from '../extracted/extraction.ts';
import { projectRoot } from '#platform/paths.ts';
import { runProcess } from '#platform/process.ts';
import { SetupError } from '#platform/setup-error.ts';

const known = listServices().join(', ');

const program = new Command('npm run diff-extraction --')
  .description('Show what changed when a module of the monolith became a service.')
  .argument('<service>', `one of ${known}`)
  .option('--json', 'print one object: each file, and how it came to be')
  .action(show);

const TITLES: Readonly<Record<FileState, string>> = {
  identical: 'the same, byte by byte',
  imports: 'differ in their imports alone',
  changed: 'differ',
  module: 'stay in the monolith',
  service: 'take their place, and make a process of it',
};

function show(service: string, { json }: { json?: true }): void {
  if (!listServices().includes(service))
    throw new SetupError(`there is no service ${service} in extracted/: there is ${known}`);
  const files = compareExtraction(service);
  if (json) return console.log(JSON.stringify({ service, files }));
  console.log(`${moduleFolder(service)} → ${serviceFolder(service)}\n`);
  for (const state of Object.keys(TITLES) as FileState[]) console.log(summarize(state, files));
  for (const { file } of files.filter(({ state }) => state === 'imports' || state === 'changed'))
    process.stdout.write(diff(service, file));
}

function summarize(state: FileState, files: readonly ExtractedFile[]): string {
  const found = files.filter((each) => each.state === state);
  const width = Math.max(0, ...files.map(({ file }) => file.length));
  return [
    TITLES[state],
    ...found.map(({ file, lines }) => `  ${file.padEnd(width)} ${String(lines).padStart(5)} lines`),
    '',
  ].join('\n');
}

function diff(service: string, file: string): string {
  const { stdout, error } = spawnSync(
    'git',
    [
      ...['diff', '--no-index', `--color=${process.stdout.isTTY ? 'always' : 'never'}`, '--'],
      ...[moduleFolder(service), serviceFolder(service)].map((folder) => join(folder, file)),
    ],
    { cwd: projectRoot, encoding: 'utf8' },
  );
  if (error) throw new SetupError(`git does not run (${error.message}): it makes the difference`);
  return stdout;
}

await runProcess('npm run diff-extraction', async () => void (await program.parseAsync()));
