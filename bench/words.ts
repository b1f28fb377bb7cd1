// Words to search for: one that stands in as many products' names as any other, and one in as few.
import type { Pool } from 'pg';

export interface Words {
  readonly common: string;
  readonly rare: string;
}

/** So many products at least are found by the rare word, so that there is something to sort. */
const FEWEST = 2;

export async function findWords(pool: Pool): Promise<Words> {
  const { rows } = await pool.query<{ word: string }>(`
    SELECT word FROM ts_stat('SELECT to_tsvector(''simple'', name) FROM products')
    WHERE word ~ '^[a-z]{3,}$' AND numnode(plainto_tsquery('english', word)) = 1 AND ndoc >= ${FEWEST}
    ORDER BY ndoc DESC, word`);
  const [common, rare] = [rows[0]?.word, rows.at(-1)?.word];
  if (common === undefined || rare === undefined) throw new Error('no product has a name to search for');
  return { common, rare };
}
