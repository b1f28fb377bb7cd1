// Documentation that is not run grows wrong: every command of the README is, and must print what the README shows.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment } from '#platform/config.ts';
import { projectRoot } from '#platform/paths.ts';
import { newPlace, type Place } from '../scripts/testing.ts';

const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');

/** What .ci/run runs by itself: the installation, the checks, and the tests. */
const RUN_BY_CI = new Set(['npm ci', 'npm run check', 'npm test']);
/** What runs every night, and this test with it: a page may say so, and must not run it once more. */
const RUN_BY_NIGHT = 'npm run test:endurance';

interface Step {
  readonly command: string;
  /** The lines that the README shows below the command; `…` stands for anything. */
  readonly shown: readonly string[];
}

const consoleSteps: Step[] = [...readme.matchAll(/```console\n(.*?)```/gs)].flatMap(([, block = '']) =>
  block
    .split(/^\$ /m)
    .filter(Boolean)
    .map((step) => {
      const [command = '', ...shown] = step.trimEnd().split('\n');
      return { command, shown };
    }),
);
const tableSteps: Step[] = [...readme.matchAll(/^\| `(npm [^`]+)` \|/gm)].map(([, command = '']) => ({
  command,
  shown: [],
}));
const steps = [...consoleSteps, ...tableSteps].filter(
  ({ command }) => !RUN_BY_CI.has(command) && command !== RUN_BY_NIGHT,
);

let place: Place;
let shop: { process: ChildProcess; output: () => string } | undefined;

beforeAll(async () => {
  place = await newPlace();
});
afterAll(async () => {
  await stopShop();
  place.remove();
});

test('the README has commands, and says how to install and to test', () => {
  expect(consoleSteps.length).toBeGreaterThan(3);
  expect(consoleSteps.map(({ command }) => command)).toEqual(expect.arrayContaining([...RUN_BY_CI]));
});

test('what this test leaves to CI is what CI runs', () => {
  const ci = readFileSync(join(projectRoot, '.ci/run'), 'utf8');
  for (const command of RUN_BY_CI) expect(ci).toContain(command);
});

test('the long tests, of which this is one, are named to a reader and run every night', () => {
  const nightly = readFileSync(join(projectRoot, '.github/workflows/nightly.yml'), 'utf8');
  for (const text of [readme, nightly]) expect(text).toContain(RUN_BY_NIGHT);
});

test('the README has fewer than 120 lines', () => {
  expect(readme.split('\n').length).toBeLessThan(120);
});

test.each([...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path = '']) => path))(
  'the link to %s leads somewhere',
  (path) => {
    expect(existsSync(join(projectRoot, path))).toBe(true);
  },
);

test.each(steps.map((step) => [step.command, step] as const))('$ %s', async (command, { shown }) => {
  if (/^npm start/.test(command)) {
    await stopShop();
    const output = await startShop(command);
    expectShown(shown, output);
    if (command !== 'npm start') await stopShop();
    return;
  }
  if (/^(npm run (buy|orders|switch)|npx buf curl|curl) /.test(`${command} `)) await startShop('npm start');
  // A person stops the shop before touching its data, as these commands ask for.
  if (/^npm run (reset|seed)/.test(command)) await stopShop();
  if (/^npm run seed/.test(command)) await run('npm run reset');
  const { code, output } = await run(command);
  expectShown(shown, output);
  expect({ command, code, output }).toMatchObject({ code: 0 });
});

/** The ports that this test's shop has, instead of those that a reader's has. */
const shifted = (command: string) =>
  command
    .replace('//localhost:50051/', `//localhost:${place.environment['CATALOG_PORT']}/`)
    .replace('//localhost:8080/', `//localhost:${8_080 + place.portOffset}/`)
    .replace('//localhost:3000/', `//localhost:${3_000 + place.portOffset}/`);

/** Runs a shell's line with the environment of this test, in a group of its own so that it can be ended whole. */
function launch(command: string) {
  const child = spawn('/bin/sh', ['-c', shifted(command)], {
    cwd: projectRoot,
    env: childEnvironment(place.environment),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return { process: child, output: () => output };
}

async function run(command: string) {
  const { process: child, output } = launch(command);
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, output: output() };
}

async function startShop(command: string): Promise<string> {
  if (shop !== undefined) return shop.output();
  shop = launch(command);
  const { process: child, output } = shop;
  while (!/^shop ready/m.test(output())) {
    if (child.exitCode !== null) throw new Error(output());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return output();
}

async function stopShop(): Promise<void> {
  if (shop === undefined) return;
  const { process: child } = shop;
  shop = undefined;
  const ended = once(child, 'exit');
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
  await ended;
  // The shell may be gone before what it started.
  while (place.postmaster() !== undefined) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** What differs from run to run: elisions, times, ports. */
const VARIES = /(…|\d+(?:\.\d+)?(?= m?s\b)|(?<=localhost:)\d+)/;

/** The shown lines, in their order, among those that were printed. */
function expectShown(shown: readonly string[], output: string): void {
  // HTTP ends its lines in two characters.
  const lines = output.split(/\r?\n/);
  let from = 0;
  for (const line of shown) {
    const pattern = new RegExp(
      `^${line
        .split(VARIES)
        .map((part, index) => (index % 2 ? '.*' : RegExp.escape(part)))
        .join('')}$`,
    );
    const found = lines.findIndex((printed, index) => index >= from && pattern.test(printed));
    if (found === -1) throw new Error(`The README shows\n  ${line}\nbut the command printed\n${output}`);
    from = found + 1;
  }
}
