// generated/protos: the contracts in TypeScript, and their descriptors, which hold what the code lacks: the rules of
// validation, which calls may be repeated, and the comments.
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment } from '../config.ts';
import { runGenerator, type Generator } from './generator.ts';

/** A binary google.protobuf.FileDescriptorSet of every contract, imports included. */
export const DESCRIPTORS = 'generated/protos/descriptors.binpb';

export const contracts: Generator = {
  name: 'protos',
  inputs: (root) =>
    existsSync(join(root, 'protos'))
      ? [...['buf.yaml', 'buf.gen.yaml'].map((file) => join(root, file)), ...listProtos(root)]
      : [],
  build(root) {
    mkdirSync(join(root, 'generated/protos'), { recursive: true });
    runBuf(root, ['build', '-o', DESCRIPTORS]);
    runBuf(root, ['generate']);
  },
};

const listProtos = (root: string): readonly string[] =>
  readdirSync(join(root, 'protos'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.proto'))
    .sort()
    .map((path) => join(root, 'protos', path));

/** @throws {Error} with what buf said: the file, the line, and what is wrong there. */
export function runBuf(root: string, args: readonly string[], { in: folder = root } = {}): void {
  runGenerator({
    root: folder,
    program: join(root, 'node_modules/.bin/buf'),
    args,
    environment: childEnvironment({}),
    failure: `buf ${args[0] ?? ''} failed`,
  });
}
