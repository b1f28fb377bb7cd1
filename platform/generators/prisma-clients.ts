// generated/prisma/<owner>: a Prisma client for each owner of a database that wants one.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment } from '../config.ts';
import { listOwners } from '../paths.ts';
import { runGenerator, type Generator } from './generator.ts';

export const prismaClients: Generator = {
  name: 'prisma',
  inputs: (root) => ownersOf(root).map((owner) => join(root, 'prisma', owner, 'schema.prisma')),
  build(root) {
    for (const owner of ownersOf(root)) {
      runGenerator({
        root,
        program: process.execPath,
        args: [
          join(root, 'node_modules/prisma/build/index.js'),
          ...['generate', '--schema', `prisma/${owner}/schema.prisma`, '--no-hints'],
        ],
        // Generating needs no engine; naming any file that exists keeps prisma from downloading one.
        environment: childEnvironment({
          PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
          CHECKPOINT_DISABLE: '1',
        }),
        failure: `prisma generate failed for ${owner}`,
      });
    }
  },
};

/** Those whose schema has a generator: others are queried by plain SQL. */
const ownersOf = (root: string): readonly string[] =>
  existsSync(join(root, 'prisma'))
    ? listOwners(root).filter((owner) =>
        /^generator /m.test(readFileSync(join(root, 'prisma', owner, 'schema.prisma'), 'utf8')),
      )
    : [];
