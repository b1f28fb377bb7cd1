import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import readRules from 'dependency-cruiser/config-utl/extract-depcruise-config';
import { projectRoot } from '#platform/paths.ts';

const run = promisify(execFile);
const script = join(projectRoot, 'scripts/check-boundaries.ts');

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'shop-boundaries-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function plant(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** A small shop in which every import is as it should be, and some only just. */
const allowed = {
  'package.json': '{ "imports": { "#platform/*": "./platform/*" } }',
  'node_modules/express/package.json': '{}',
  'node_modules/express/index.js': '',
  'node_modules/@grpc/grpc-js/package.json': '{}',
  'node_modules/@grpc/grpc-js/index.js': '',
  'generated/prisma/monolith/client.ts': 'export interface Client {}',
  'generated/prisma/catalog/client.ts': '',
  'generated/protos/google/rpc/status.ts': '',
  'generated/protos/shop/common/v1/problem.ts': '',
  'generated/protos/shop/catalog/v1/catalog.ts': '',
  'platform/ids.ts': 'export const id = 1;',
  'platform/grpc/status.ts':
    "import '../../generated/protos/google/rpc/status.ts'; import '../../generated/protos/shop/common/v1/problem.ts';",
  'platform/http/problem.ts': "import type { Response } from 'express';",
  'monolith/app.ts': "import 'express'; import './modules/orders/routes.ts';",
  'monolith/database.ts': "export type { Client } from '../generated/prisma/monolith/client.ts';",
  'monolith/seed/seed.ts': "import '../../generated/prisma/monolith/client.ts';",
  'monolith/modules/catalog/catalog.ts': 'export interface Product {}',
  'monolith/modules/catalog/repository.ts': 'export const products = [];',
  'monolith/modules/orders/routes.ts': "import 'express'; import './orders.ts';",
  'monolith/modules/orders/orders.ts':
    "import './adapters/catalog.local.ts'; import type { R } from './repository.ts'; export interface Order {}",
  'monolith/modules/orders/adapters/catalog.local.ts': "import '../../catalog/catalog.ts';",
  'monolith/modules/orders/repository.ts':
    "import '../../../generated/prisma/monolith/client.ts'; import type { Order } from './orders.ts';",
  'outside/provider.ts': "import '#platform/ids.ts'; import 'express';",
  'acceptance/orders.ts': "import { get } from './client.ts';",
  'acceptance/client.ts': "import 'node:http'; export const get = 1;",
  'load/run-load.ts': "import '#platform/ids.ts'; import { mix } from './mix.ts';",
  'load/mix.ts': 'export const mix = 1;',
  'bench/place.ts': "import '#platform/ids.ts'; import '../monolith/seed/seed.ts';",
  'bench/baseline/app.ts': "import 'express';",
  'load/dice.ts': 'export const dice = 1;',
  'strangler/ownership/lock.ts': 'export const lock = 1;',
  'torture/run-torture.ts':
    "import '#platform/ids.ts'; import '../load/dice.ts'; import '../strangler/ownership/lock.ts';",
  'extracted/catalog/repository.ts': "import '../../generated/prisma/catalog/client.ts';",
  'extracted/catalog/grpc.ts':
    "import '@grpc/grpc-js'; import '#platform/ids.ts'; import '../../generated/protos/shop/catalog/v1/catalog.ts';",
  'strangler/gateway/proxy.ts': "import '#platform/ids.ts';",
  'scripts/start.ts': "import '../monolith/app.ts'; import '../generated/prisma/monolith/client.ts';",
};

/** By rule and by the file that breaks it. */
const planted: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'platform-knows-nothing-of-ours': {
    'platform/clock.ts': "import type { Product } from '../monolith/modules/catalog/catalog.ts';",
  },
  'platform-knows-no-contract-of-a-service': {
    'platform/grpc/catalog.ts': "import '../../generated/protos/shop/catalog/v1/catalog.ts';",
  },
  'only-platform-grpc-knows-protos': {
    'platform/details.ts': "import '../generated/protos/google/rpc/status.ts';",
  },
  'siblings-by-the-front-door': {
    'monolith/modules/orders/cancel.ts': "import type { products } from '../catalog/repository.ts';",
  },
  'only-repositories-know-prisma': {
    'monolith/modules/carts/carts.ts':
      "import type { Client } from '../../../generated/prisma/monolith/client.ts';",
    'extracted/catalog/messages.ts': "import '../../generated/prisma/catalog/client.ts';",
  },
  'only-routes-know-express': {
    'monolith/modules/carts/totals.ts': "import type { Request } from 'express';",
    'platform/limits.ts': "import 'express';",
  },
  'services-stand-alone': {
    'extracted/catalog/catalog.ts': "import '../../monolith/modules/catalog/catalog.ts';",
    'extracted/orders/orders.ts': "import '../catalog/repository.ts';",
    'extracted/orders/repository.ts': "import '../../generated/prisma/catalog/client.ts';",
    'extracted/orders/traffic.ts': "import '../../strangler/gateway/proxy.ts';",
    'extracted/orders/figures.ts': "import '../../bench/place.ts';",
  },
  'only-the-edge-of-a-service-knows-grpc': {
    'extracted/orders/checkout.ts':
      "import type { Product } from '../../generated/protos/shop/catalog/v1/catalog.ts';",
    'extracted/orders/steps.ts': "import '@grpc/grpc-js';",
  },
  'only-grpc-adapters-know-contracts': {
    'monolith/modules/catalog/owned.ts':
      "import type { Product } from '../../../generated/protos/shop/catalog/v1/catalog.ts';",
  },
  'the-strangler-imports-neither-side': {
    'strangler/gateway/catalog.ts': "import '../../monolith/modules/catalog/catalog.ts';",
    'strangler/gateway/remote.ts': "import '../../extracted/catalog/repository.ts';",
  },
  'acceptance-imports-nothing-of-ours': {
    'acceptance/alias.ts': "import '#platform/ids.ts';",
    'acceptance/relative.ts': "import '../platform/ids.ts';",
  },
  'load-sees-the-shop-over-the-wire': {
    'load/shortcut.ts': "import type { Product } from '../monolith/modules/catalog/catalog.ts';",
    'load/own-shop.ts': "import '../scripts/start.ts';",
  },
  'the-bench-measures-what-runs': {
    'bench/baseline/shortcut.ts': "import '../../monolith/modules/catalog/catalog.ts';",
  },
  'torture-meets-the-databases': {
    'torture/shortcut.ts': "import '../monolith/modules/catalog/catalog.ts';",
    'torture/gate.ts': "import '../strangler/gateway/proxy.ts';",
  },
  'the-tour-meets-the-shop': {
    'tour/shortcut.ts': "import '../monolith/modules/catalog/catalog.ts';",
  },
  'outside-knows-only-platform': {
    'outside/lazy.ts': "const shop = await import('../monolith/app.ts');",
  },
  'no-cycles': {
    'platform/a.ts': "import './b.ts';",
  },
  'no-cycles-between-folders': {
    'platform/http/metrics.ts': "import type { Pool } from '../postgres/pool.ts';",
  },
  'no-index-files': {
    'monolith/modules/index.ts': "export * from './catalog/catalog.ts';",
    'platform/http/index.ts': 'export const lonely = 1;',
  },
  'every-import-resolves': { 'platform/gone.ts': "import './not-there.ts';" },
};

/** The other halves of the cycles. */
const accomplices = {
  'platform/b.ts': "import './a.ts';",
  'platform/postgres/pool.ts': "import type { Metrics } from '../http/metrics.ts';",
};

test('every planted violation is found, under its rule, and nothing else', async () => {
  plant({ ...allowed, ...accomplices });
  for (const files of Object.values(planted)) plant(files);

  const result: unknown = await run(process.execPath, [script, folder, '--json']).catch(
    (error: unknown) => error,
  );
  const { code, stdout } = result as { code: number; stdout: string };
  const { violations } = JSON.parse(stdout) as { violations: { rule: string; imports: string }[] };
  const found = violations.map(({ rule, imports }) => `${rule}: ${imports.split(' → ')[0]}`);
  const expected = Object.entries(planted).flatMap(([rule, files]) =>
    Object.keys(files).map((file) => `${rule}: ${file}`),
  );
  expect(found.sort()).toEqual(expected.sort());
  expect(code).toBe(1);
});

/** From stage 1 on, and tested beside this file. */
const SEAMS = 'siblings-from-adapters';

test('every rule has a violation planted above', async () => {
  const { forbidden = [] } = await readRules(join(projectRoot, '.dependency-cruiser.js'));
  const names = forbidden.map(({ name }) => name).filter((name) => name !== SEAMS);
  expect(Object.keys(planted).sort()).toEqual(names.sort());
});

test('a tree without violations passes', async () => {
  plant(allowed);
  const { stdout } = await run(process.execPath, [script, folder]);
  expect(stdout).toMatch(/^\d+ modules judged, 0 violations$/m);
});

test('a violation is printed with its reason', async () => {
  plant({ ...allowed, ...planted['acceptance-imports-nothing-of-ours'] });
  await expect(run(process.execPath, [script, folder])).rejects.toMatchObject({
    stderr: expect.stringMatching(
      /acceptance\/alias\.ts → platform\/ids\.ts\n.*judges every topology/,
    ) as unknown,
  });
});

test('judging no TypeScript at all is a failure, not a pass', async () => {
  plant({ 'eslint.config.js': 'export const rules = [];', 'monolith/public/page.js': '' });
  await expect(run(process.execPath, [script, folder])).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('nothing was judged') as unknown,
  });
});
