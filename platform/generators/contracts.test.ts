import { appendFileSync, cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureGenerated } from '../generated.ts';
import { projectRoot } from '../paths.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'shop-contracts-'));
  for (const path of ['protos', 'buf.yaml', 'buf.gen.yaml'])
    cpSync(join(projectRoot, path), join(root, path), { recursive: true });
  symlinkSync(join(projectRoot, 'node_modules'), join(root, 'node_modules'));
  writeFileSync(join(root, 'package-lock.json'), '{}');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const catalog = 'protos/shop/catalog/v1/catalog.proto';

test('code and descriptors are built once, and again when a contract has changed', () => {
  expect(ensureGenerated(root)).toBe(true);
  expect(existsSync(join(root, 'generated/protos/shop/catalog/v1/catalog.ts'))).toBe(true);
  expect(existsSync(join(root, 'generated/protos/descriptors.binpb'))).toBe(true);
  expect(ensureGenerated(root)).toBe(false);
  appendFileSync(join(root, catalog), '\n// changed\n');
  expect(ensureGenerated(root)).toBe(true);
});

test('a change of a contract builds no Prisma client again', () => {
  cpSync(join(projectRoot, 'prisma'), join(root, 'prisma'), { recursive: true });
  ensureGenerated(root);
  const planted = join(root, 'generated/prisma/planted');
  writeFileSync(planted, '');
  appendFileSync(join(root, catalog), '\n// changed\n');
  expect(ensureGenerated(root)).toBe(true);
  expect(existsSync(planted)).toBe(true);
});

test('a contract with a mistake is reported in buf’s words', () => {
  appendFileSync(join(root, catalog), '\nmessage Broken {\n');
  expect(() => ensureGenerated(root)).toThrow(/buf build failed: [^]*catalog\.proto:\d+:\d+/);
});
