// A table's rows, piped by COPY from one database into another that has the same table.
import { pipeline } from 'node:stream/promises';
import type { ClientBase, Pool } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

/** Generated columns are made anew. @param table with its schema. */
export async function copyTable(table: string, from: Pool, target: ClientBase): Promise<void> {
  const { rows } = await from.query<{ columns: string }>(
    `SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`,
    [table],
  );
  const what = `${table} (${rows[0]?.columns ?? ''})`;
  const source = await from.connect();
  try {
    await pipeline(
      source.query(copyTo(`COPY ${what} TO STDOUT`)),
      target.query(copyFrom(`COPY ${what} FROM STDIN`)),
    );
  } finally {
    source.release();
  }
}
