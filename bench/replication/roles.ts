// The CPU time of everything that takes part in a write, by the role that it has there.
import { databaseOf, type Side } from '../../strangler/ownership/replica.ts';
import { processCpuSeconds, processTreeCpuSeconds } from '../process-tree-cpu.ts';
import type { Ground } from './ground.ts';

/**
 * `service`: goes along when the service's database gets a machine of its own; of `both`, a part does.
 * `outside`: neither's, but on the same machine here.
 */
type Home = Side | 'both' | 'outside';

export const ROLES = {
  process: { title: "the monolith's process", home: 'monolith' },
  backends: { title: "PostgreSQL's backends", home: 'monolith' },
  sender: { title: 'walsender to the service', home: 'monolith' },
  applyBack: { title: 'apply worker of what comes back', home: 'monolith' },
  apply: { title: 'apply worker', home: 'service' },
  senderBack: { title: 'walsender back to the monolith', home: 'service' },
  rest: { title: 'the rest of PostgreSQL', home: 'both' },
  client: { title: "the writers' own process", home: 'outside' },
} as const satisfies Readonly<Record<string, { readonly title: string; readonly home: Home }>>;

export type Role = keyof typeof ROLES;
export const ROLE_NAMES = Object.keys(ROLES) as readonly Role[];

/** Seconds. */
export type Cpu = Readonly<Record<Role, number>>;

export interface CpuReading {
  readonly process: number;
  /** Of PostgreSQL as a whole: WAL writer, checkpointer and vacuum too, and those that have ended. */
  readonly postgres: number;
  /** By process id. */
  readonly named: ReadonlyMap<number, { readonly role: Role | 'watcher'; readonly seconds: number }>;
}

/** @returns undefined where the system does not tell. */
export async function readCpu({ urls, pools, monolith, place }: Ground): Promise<CpuReading | undefined> {
  const { rows } = await pools.service.query<{ pid: number; type: string; at: Side }>({
    name: 'processes',
    text: `SELECT pid, backend_type AS type, CASE datname WHEN $1 THEN 'monolith' ELSE 'service' END AS at
           FROM pg_stat_activity WHERE datname IN ($1, $2)`,
    values: [databaseOf(urls.monolith), databaseOf(urls.service)],
  });
  const [process, postgres] = [processCpuSeconds(monolith.pid), processTreeCpuSeconds(place.postmaster)];
  if (process === undefined || postgres === undefined) return undefined;
  const named = rows.flatMap(({ pid, type, at }) => {
    const [role, seconds] = [roleOf(type, at), processCpuSeconds(pid)];
    return role === undefined || seconds === undefined ? [] : [[pid, { role, seconds }] as const];
  });
  return { process, postgres, named: new Map(named) };
}

/** Nobody but who measures is a client of the service's database. */
function roleOf(type: string, at: Side): Role | 'watcher' | undefined {
  if (type === 'client backend') return at === 'monolith' ? 'backends' : 'watcher';
  if (type === 'walsender') return at === 'monolith' ? 'sender' : 'senderBack';
  if (type === 'logical replication apply worker') return at === 'monolith' ? 'applyBack' : 'apply';
  return undefined;
}

/** What was spent between two readings. @param client by the writers' own process meanwhile, in seconds. */
export function cpuBetween(before: CpuReading, after: CpuReading, client: number): Cpu {
  const spent = new Map<Role | 'watcher', number>();
  for (const [pid, { role, seconds }] of after.named)
    spent.set(role, (spent.get(role) ?? 0) + seconds - (before.named.get(pid)?.seconds ?? 0));
  const known = [...spent.values()].reduce((sum, seconds) => sum + seconds, 0);
  const all = new Map(spent)
    .set('client', client)
    .set('process', after.process - before.process)
    .set('rest', after.postgres - before.postgres - known);
  return byRole((role) => all.get(role) ?? 0);
}

export const byRole = (figure: (role: Role) => number) =>
  Object.fromEntries(ROLE_NAMES.map((role) => [role, figure(role)])) as Cpu;
