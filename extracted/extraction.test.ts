import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '#platform/paths.ts';
import { compareExtraction, listServices, moduleFolder, serviceFolder } from './extraction.ts';

const statesOf = (service: string, root?: string) =>
  Object.fromEntries(compareExtraction(service, root).map(({ file, state }) => [file, state]));

test('what the catalog is about is the same file in the module and in the service, byte by byte', () => {
  expect(statesOf('catalog')).toMatchObject({
    'catalog.ts': 'identical',
    'catalog.test.ts': 'identical',
    'list-products.ts': 'identical',
    'repository.ts': 'imports',
    'routes.ts': 'module',
    'grpc.ts': 'service',
    'main.ts': 'service',
  });
});

test.each(listServices())('of %s, a file that both sides have differs in its imports at most', (service) => {
  const shared = compareExtraction(service).filter(({ state }) => state !== 'module' && state !== 'service');
  expect(shared.map(({ file }) => file)).toContain(`${service}.ts`);
  // Each side prepares its own database for tests.
  const changed = shared.filter(({ file, state }) => state === 'changed' && file !== 'testing.ts');
  expect(changed).toEqual([]);
  const imports = shared.filter(({ state }) => state === 'imports');
  expect(imports.map(({ file }) => file)).toEqual(['repository.ts']);
});

describe('in a copy', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'shop-extraction-'));
    for (const folder of [moduleFolder('catalog'), serviceFolder('catalog')])
      cpSync(join(projectRoot, folder), join(root, folder), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function change(file: string, from: string, to: string): void {
    const path = join(root, serviceFolder('catalog'), file);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
  }

  test('a single character more is a change', () => {
    change('catalog.ts', 'export interface', ' export interface');
    expect(statesOf('catalog', root)).toMatchObject({ 'catalog.ts': 'changed' });
  });

  test('a line of code that differs is no import', () => {
    change('repository.ts', 'archivedAt: null', 'archivedAt: undefined');
    expect(statesOf('catalog', root)).toMatchObject({ 'repository.ts': 'changed' });
  });

  test('an import that runs over several lines is one', () => {
    change('repository.ts', '  ProductPage,\n', '');
    expect(statesOf('catalog', root)).toMatchObject({ 'repository.ts': 'imports' });
  });
});
