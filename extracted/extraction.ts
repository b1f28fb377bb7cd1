// How a service differs from the module that it was copied from, file by file: what an extraction costs.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '#platform/paths.ts';

/** `imports`: the same but for its import lines. `module`, `service`: only there. */
export type FileState = 'identical' | 'imports' | 'changed' | 'module' | 'service';

export interface ExtractedFile {
  readonly file: string;
  readonly state: FileState;
  /** Where it stands; of a file that stands at both sides, the service's. */
  readonly lines: number;
}

export const moduleFolder = (service: string) => `monolith/modules/${service}`;
export const serviceFolder = (service: string) => `extracted/${service}`;

export const listServices = (root: string = projectRoot): readonly string[] =>
  readdirSync(join(root, 'extracted'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

/** @returns every file of either side, by name. */
export function compareExtraction(service: string, root: string = projectRoot): readonly ExtractedFile[] {
  const folders = [moduleFolder(service), serviceFolder(service)].map((folder) => join(root, folder));
  const files = new Set(folders.flatMap(listFiles));
  return [...files].sort().map((file) => {
    const [inModule, inService] = folders.map((folder) => read(join(folder, file)));
    const lines = (inService ?? inModule ?? '').split('\n').length - 1;
    return { file, state: stateOf(inModule, inService), lines };
  });
}

function stateOf(inModule: string | undefined, inService: string | undefined): FileState {
  if (inService === undefined) return 'module';
  if (inModule === undefined) return 'service';
  if (inModule === inService) return 'identical';
  return withoutImports(inModule) === withoutImports(inService) ? 'imports' : 'changed';
}

/** Each ends in a semicolon, and has none inside. */
const withoutImports = (text: string) => text.replace(/^import\b[^;]*;\n/gm, '');

const listFiles = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    : [];

const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);
