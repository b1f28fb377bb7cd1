// Every row of both sides, for who has to know only whether they are the same: the preflight, and the last look of a test.
import type { Replica, Side } from '../replica.ts';
import { sql } from '../sql.ts';
import { compareChunks } from './chunks.ts';
import { readShapes, type Sides } from './shape.ts';

export interface RowDiff {
  readonly tables: number;
  /** Rows that differ though nothing has changed them while a heartbeat overtook them: `prices (…key…)`. */
  readonly different: readonly string[];
  /** Rows that were written so often that nothing can be said of them. */
  readonly unsettled: number;
}

const CHUNK_ROWS = 20_000;

/** @param owner the side that is written. @throws {SetupError} where its heartbeats do not arrive. */
export async function diffRows(replica: Replica, sides: Sides, owner: Side): Promise<RowDiff> {
  for (const side of Object.values(sides)) await side.query(sql('diff-formats'));
  const shapes = await readShapes(replica, sides[owner]);
  const different: string[] = [];
  let unsettled = 0;
  for (const shape of shapes) {
    for await (const chunk of compareChunks({ replica, sides, owner }, shape, null, CHUNK_ROWS)) {
      different.push(...chunk.different.map(({ key }) => `${shape.table} (${key.join(',')})`));
      unsettled += chunk.unsettled;
    }
  }
  return { tables: shapes.length, different, unsettled };
}
