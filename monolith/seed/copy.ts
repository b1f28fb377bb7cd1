// Rows into a table by COPY, from a generator: as fast as the server takes them, and never more in memory than that.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { escapeIdentifier, type Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

export type Value = string | number | null;

export interface Table<Row> {
  readonly name: string;
  readonly columns: readonly string[];
  /** The columns' values, in that order. */
  readonly values: (row: Row) => readonly Value[];
}

const CHUNK_CHARACTERS = 64 * 1024;

/** @param onProgress called now and then with the number of rows so far, and at the end. @returns that number. */
export async function copyRows<Row>(
  client: Client,
  { name, columns, values }: Table<Row>,
  rows: Iterable<Row>,
  onProgress: (copied: number) => void = () => undefined,
): Promise<number> {
  let copied = 0;

  function* chunks(): Generator<string> {
    let chunk = '';
    for (const row of rows) {
      chunk += `${values(row).map(toField).join('\t')}\n`;
      copied += 1;
      if (chunk.length < CHUNK_CHARACTERS) continue;
      yield chunk;
      onProgress(copied);
      chunk = '';
    }
    if (chunk !== '') yield chunk;
  }

  const into = `COPY ${escapeIdentifier(name)} (${columns.map(escapeIdentifier).join(', ')}) FROM STDIN`;
  await pipeline(Readable.from(chunks(), { highWaterMark: 2 }), client.query(copyFrom(into)));
  onProgress(copied);
  return copied;
}

/** A value in COPY's text format. */
function toField(value: Value): string {
  if (value === null) return '\\N';
  if (typeof value === 'number') return String(value);
  return /[\\\t\n\r]/.test(value) ? value.replace(/[\\\t\n\r]/g, escapeCharacter) : value;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const escapeCharacter = (character: string) => ESCAPES[character] as string;
