// No call of the contract goes untried: whoever adds one finds here that its tests are missing.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeService } from '#platform/grpc/descriptors.ts';

const suite = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
  .join('\n');

/** Jest refuses a block without tests only where it stands alone in its file. */
const testsOf = (rpc: string) =>
  new RegExp(`^describe\\('${rpc}', \\(\\) => \\{\\n(.*?)^\\}\\);`, 'ms')
    .exec(suite)?.[1]
    ?.match(/^ {2}test\b/gm) ?? [];

const rpcs = describeService('shop.catalog.v1.CatalogService').methods.map(({ name }) => name);

test('the contract has calls', () => expect(rpcs.length).toBeGreaterThan(0));

test.each(rpcs)('%s has tests in this suite', (rpc) => {
  expect(testsOf(rpc)).not.toEqual([]);
});
