import { appendFileSync, cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureGenerated } from './generated.ts';
import { projectRoot } from './paths.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'shop-generated-'));
  cpSync(join(projectRoot, 'prisma'), join(root, 'prisma'), { recursive: true });
  symlinkSync(join(projectRoot, 'node_modules'), join(root, 'node_modules'));
  writeFileSync(join(root, 'package-lock.json'), '{}');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('clients are built once, and again when a schema or a dependency has changed', () => {
  expect(ensureGenerated(root)).toBe(true);
  expect(existsSync(join(root, 'generated/prisma/monolith/client.ts'))).toBe(true);
  expect(ensureGenerated(root)).toBe(false);
  appendFileSync(join(root, 'prisma/monolith/schema.prisma'), '\n// changed\n');
  expect(ensureGenerated(root)).toBe(true);
  appendFileSync(join(root, 'package-lock.json'), ' ');
  expect(ensureGenerated(root)).toBe(true);
});

test('a schema with a mistake is reported in prisma’s words', () => {
  appendFileSync(join(root, 'prisma/monolith/schema.prisma'), '\nmodel Broken {\n');
  expect(() => ensureGenerated(root)).toThrow(/prisma generate failed for monolith: [^]*schema\.prisma/);
});
