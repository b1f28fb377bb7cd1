// Asks both sides of a pair for positions, as a test does.
import type { Side } from './replica.ts';
import { until, type Pair } from './testing.ts';

export interface Asking {
  readonly positionAt: (side: Side, schema?: string) => Promise<string | null>;
  readonly hasReached: (side: Side, position: string | null, schema?: string) => Promise<boolean>;
  /** One heartbeat. */
  readonly beat: (side: Side) => Promise<unknown>;
  /** Of the monolith, and reached by the service. */
  readonly reachedPosition: () => Promise<Position>;
}

export interface Position {
  readonly text: string;
  readonly incarnation: string;
  readonly epoch: string;
  readonly lsn: string;
}

export function askPair({ sql }: Pair): Asking {
  const positionAt: Asking['positionAt'] = async (side, schema = 'catalog') => {
    const [row] = await sql<{ position: string | null }>(side, 'SELECT strangler.position($1)', [schema]);
    return row?.position ?? null;
  };
  const hasReached: Asking['hasReached'] = async (side, position, schema = 'catalog') => {
    const asked = 'SELECT strangler.has_reached($1, $2) AS reached';
    const [row] = await sql<{ reached: boolean }>(side, asked, [schema, position]);
    return row?.reached as boolean;
  };
  const beat: Asking['beat'] = (side) => sql(side, BEAT, [side]);
  return {
    positionAt,
    hasReached,
    beat,
    async reachedPosition() {
      const text = (await positionAt('monolith')) ?? '';
      await beat('monolith');
      await until(() => hasReached('service', text));
      const [incarnation = '', epoch = '', lsn = ''] = text.split('~');
      return { text, incarnation, epoch, lsn };
    },
  };
}

const BEAT = `
  UPDATE catalog.heartbeat SET beat = beat + 1, position = pg_current_wal_insert_lsn(),
    incarnation = (SELECT incarnation FROM strangler.identity) WHERE side = $1`;
