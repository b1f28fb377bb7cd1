// Reads the SQL of this folder: one operation per file, with psql's marks for names and values.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { escapeIdentifier, escapeLiteral } from 'pg';

/**
 * @param name of a file in `sql/`, without its ending.
 * @param marks what stands for `:"mark"` (a name) and `:'mark'` (a value). Several with commas between may stand for one.
 * @param expressions what stands for `:(mark)`: SQL as it is.
 * @throws where the file has a mark that is not given.
 */
export function sql(
  name: string,
  marks: Readonly<Record<string, string | readonly string[]>> = {},
  expressions: Readonly<Record<string, string>> = {},
): string {
  const text = readFileSync(join(import.meta.dirname, 'sql', `${name}.sql`), 'utf8');
  return text.replace(/:(["'(])(\w+)["')]/g, (_, quote: string, mark: string) => {
    const value = quote === '(' ? expressions[mark] : marks[mark];
    if (value === undefined) throw new Error(`sql/${name}.sql needs ${mark}`);
    if (quote === '(') return String(value);
    const escape = quote === '"' ? escapeIdentifier : escapeLiteral;
    return (typeof value === 'string' ? [value] : value).map(escape).join(', ');
  });
}
