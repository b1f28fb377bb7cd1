// Files that a stage has in place of head's grow old beside them: what they share with head is compared here.
import { join } from 'node:path';
import readRules from 'dependency-cruiser/config-utl/extract-depcruise-config';
import { projectRoot } from '#platform/paths.ts';

const namesIn = async (path: string) =>
  ((await readRules(join(projectRoot, path))).forbidden ?? []).map(({ name }) => name);

test('stage 0 has the same rules of imports as head, but for the one about seams', async () => {
  expect(await namesIn('stages/stage-0-monolith/overlay/.dependency-cruiser.js')).toEqual(
    (await namesIn('.dependency-cruiser.js')).filter((name) => name !== 'siblings-from-adapters'),
  );
});
