import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '#platform/paths.ts';

const run = promisify(execFile);
const script = join(projectRoot, 'scripts/check-boundaries.ts');

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'shop-seams-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const shop = {
  'package.json': '{}',
  'monolith/modules/catalog/catalog.ts': 'export interface Product {}',
  'monolith/modules/catalog/repository.ts': 'export const rows = 1;',
  'monolith/modules/orders/orders.ts': "import type { Prices } from './ports.ts';",
  'monolith/modules/orders/ports.ts': 'export interface Prices {}',
  'monolith/modules/orders/adapters/catalog.local.ts':
    "import '../../catalog/catalog.ts'; import type { Prices } from '../ports.ts';",
  'monolith/shop.ts':
    "import './modules/orders/adapters/catalog.local.ts'; import './modules/catalog/catalog.ts';",
};

async function judge(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  for (const [path, text] of Object.entries({ ...shop, ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const result: unknown = await run(process.execPath, [script, folder, '--json']).catch(
    (error: unknown) => error,
  );
  const { violations } = JSON.parse((result as { stdout: string }).stdout) as {
    violations: { rule: string; imports: string }[];
  };
  return violations.map(({ rule, imports }) => `${rule}: ${imports.split(' → ')[0]}`);
}

test('a local adapter may use the front door of a sibling', async () => {
  expect(await judge({})).toEqual([]);
});

test.each([
  ['a use case', 'orders/orders.ts', "import '../catalog/catalog.ts';"],
  ['a port, even for a type', 'orders/ports.ts', "import type { Product } from '../catalog/catalog.ts';"],
  ['an adapter to another process', 'orders/adapters/catalog.grpc.ts', "import '../../catalog/catalog.ts';"],
])('%s may not', async (_who, file, text) => {
  expect(await judge({ [`monolith/modules/${file}`]: text })).toEqual([
    `siblings-from-adapters: monolith/modules/${file}`,
  ]);
});

test('an adapter may use nothing of a sibling but the front door', async () => {
  const file = 'monolith/modules/orders/adapters/catalog.local.ts';
  expect(await judge({ [file]: "import '../../catalog/repository.ts';" })).toEqual([
    `siblings-by-the-front-door: ${file}`,
  ]);
});
