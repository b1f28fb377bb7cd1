import { join } from 'node:path';
import { projectRoot } from '#platform/paths.ts';
import { openGit } from '../git.ts';
import { manifest } from '../manifest.ts';
import { projectTree } from '../projection.ts';
import { readWorkTree } from '../read-tree.ts';
import type { Stage } from '../manifest.ts';
import { rehearse } from './rehearse.ts';
import { faultsOf } from './report.ts';

test('stage 0 is migrated to stage 1 under load: no request fails, no row and no unit is lost', async () => {
  const head = readWorkTree(openGit(join(projectRoot)));
  const release = (number: number) => {
    const stage = manifest.stages[number] as Stage;
    return { stage, tree: projectTree(head, stage, manifest) };
  };
  const rehearsal = await rehearse({
    before: release(0),
    after: release(1),
    products: 20_000,
    seconds: 2,
    rate: 10,
    onStep: () => undefined,
  });
  const { locks, ...rest } = rehearsal;
  // How long the locks were held is told by `npm run stage -- rehearse`: here the machine may be busy with other tests.
  expect(faultsOf({ ...rest, locks: { ...locks, longestHeldMs: 0 } })).toEqual([]);
  expect(rehearsal.requests).toBeGreaterThan(50);
  expect(rehearsal.bought).toBeGreaterThan(5);
  // The watch saw the tables move, so it would have seen anything else.
  expect(locks.tables.length).toBeGreaterThan(0);
}, 240_000);
