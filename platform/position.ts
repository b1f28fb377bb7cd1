// Positions: how far a database is, as text that somebody can be given, and that the database of the other side can
// compare itself with. So whoever has seen or written something on one side is not shown less on the other.
//
// Nothing is remembered from one query to the next: a database that is emptied and filled anew has reached nothing of
// before, and only itself can tell.
import { createBatches } from './batches.ts';
import { layersOf } from './database.ts';

/** One statement on the database that serves the caller, outside of any transaction. */
export type Query = <Row extends object>(
  text: string,
  ...values: readonly unknown[]
) => Promise<readonly Row[]>;

export interface Positions {
  /**
   * What this database shows by now: taken after the call, so that it includes whatever the caller has read or committed.
   * @param schema that holds the capability's tables.
   * @returns `<incarnation>~<epoch>~<lsn>`; undefined where nothing is replicated. @throws where the database does.
   */
  now(schema: string): Promise<string | undefined>;
  /**
   * Whether all that was to be seen at a position is to be seen here, by every statement that begins afterwards.
   * @param position as it came from wherever: what cannot be read, or is not known here, is not reached.
   * @throws where the database does.
   */
  hasReached(schema: string, position: string): Promise<boolean>;
}

/** How long a database without the functions is believed to have none. */
const ABSENT_MS = 1_000;

/** The catalogs are asked, since a call of a function that does not exist is an error in the server's log. */
const FUNCTIONS = `
  SELECT FROM pg_proc WHERE pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'strangler')
    AND proname IN ('position', 'has_reached')`;
const NOW =
  'SELECT strangler.position(name) AS answer FROM unnest($1::text[]) WITH ORDINALITY AS asked (name, at) ORDER BY at';
const HAS_REACHED = `
  SELECT strangler.has_reached(name, place) AS answer
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked (name, place, at) ORDER BY at`;

/** No such function, schema, or table: the replication was stopped meanwhile. */
const GONE = /^(42883|3F000|42P01)$/;

/** Of one database. At most one query for each kind of question runs at a time, however many ask. */
export function createPositions({ query }: { readonly query: Query }): Positions {
  let absentUntil = 0;
  let known = false;

  async function ask<Answer>(
    text: string,
    values: readonly (readonly string[])[],
  ): Promise<readonly Answer[]> {
    if (performance.now() < absentUntil) return [];
    try {
      known ||= (await query(FUNCTIONS)).length === 2;
      if (known) return (await query<{ answer: Answer }>(text, ...values)).map(({ answer }) => answer);
    } catch (error) {
      if (!layersOf(error).some(({ code, originalCode }) => GONE.test(originalCode ?? code ?? '')))
        throw error;
    }
    known = false;
    absentUntil = performance.now() + ABSENT_MS;
    return [];
  }

  const now = createBatches((schemas: readonly string[]) => ask<string | null>(NOW, [schemas]));
  const hasReached = createBatches((asked: readonly (readonly [schema: string, position: string])[]) =>
    ask<boolean>(HAS_REACHED, [asked.map(([schema]) => schema), asked.map(([, position]) => position)]),
  );
  return {
    now: async (schema) => (await now(schema)) ?? undefined,
    // PostgreSQL has no text with a NUL: one such would be an error for everybody in the batch.
    hasReached: async (schema, position) =>
      READABLE.test(position) && ((await hasReached([schema, position])) ?? false),
  };
}

/** The form alone; what it means is for the database to say. */
const READABLE = /^[0-9a-f]{32}~[1-9]\d{0,17}~[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/;
