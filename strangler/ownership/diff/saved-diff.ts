// How far a diff has come, in a file: what the next one goes on with after Ctrl-C or a crash.
import { readFile, rm } from 'node:fs/promises';
import { z } from 'zod';
import { writeWhole } from '#platform/write-whole.ts';

const count = z.int().min(0);
const text = z.string().nullable();
const side = z.enum(['monolith', 'service']);

const tableResult = z.object({
  table: z.string(),
  /** At the owner. */
  rows: count,
  missing: count,
  extra: count,
  changed: count,
  unsettled: count,
  repaired: count,
});
export type TableResult = Readonly<z.infer<typeof tableResult>>;

const shape = z.object({
  owner: side,
  epoch: count,
  /** Of the tables: what was compared of them is worth nothing any more once their columns change. */
  shapes: z.string(),
  /** A repair has to see every row itself. */
  repairs: z.boolean(),
  begun: z.iso.datetime(),
  tables: z.array(tableResult),
  differences: z.array(
    z.object({
      table: z.string(),
      kind: z.enum(['missing', 'extra', 'changed']),
      key: z.record(z.string(), text),
      columns: z.array(z.object({ column: z.string(), monolith: text, service: text })).readonly(),
    }),
  ),
  /** The table that it is at, and the key of the last row that was compared. */
  at: z.object({ table: z.string(), after: z.array(text).readonly().nullable() }),
});
export type SavedDiff = z.infer<typeof shape>;

/** What has to be as it was for a diff to go on. */
export type Identity = Pick<SavedDiff, 'owner' | 'epoch' | 'shapes' | 'repairs'>;

export interface Saved {
  /** @returns undefined where there is none, or one of something else. */
  readonly load: (identity: Identity) => Promise<SavedDiff | undefined>;
  readonly save: (state: SavedDiff) => Promise<void>;
  readonly clear: () => Promise<void>;
}

export const savedIn = (file: string): Saved => ({
  async load({ owner, epoch, shapes, repairs }) {
    const content = await readFile(file, 'utf8').catch(() => '');
    const found = shape.safeParse(parsed(content)).data;
    const same =
      found?.owner === owner && found.epoch === epoch && found.shapes === shapes && found.repairs === repairs;
    return same ? found : undefined;
  },
  save: (state) => writeWhole(file, `${JSON.stringify(state)}\n`),
  clear: () => rm(file, { force: true }),
});

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
