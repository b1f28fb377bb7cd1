// npm run docs:protos: writes docs/contracts/, the pages of the contracts.
import { readFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureGenerated } from '#platform/generated.ts';
import { contractPages } from '#platform/generators/contracts-page.ts';
import { DESCRIPTORS } from '#platform/generators/contracts.ts';
import { projectRoot } from '#platform/paths.ts';
import { runProcess } from '#platform/process.ts';

await runProcess('npm run docs:protos', async () => {
  ensureGenerated();
  const folder = join(projectRoot, 'docs/contracts');
  mkdirSync(folder, { recursive: true });
  const pages = contractPages(readFileSync(join(projectRoot, DESCRIPTORS)));
  for (const file of readdirSync(folder)) if (!pages.has(file)) rmSync(join(folder, file));
  for (const [file, text] of pages) writeFileSync(join(folder, file), text);
  console.log(`docs/contracts/ has ${pages.size} pages`);
});
