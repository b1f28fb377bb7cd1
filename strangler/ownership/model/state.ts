// The model's world: two databases with a log each, streams that are read from those logs, and two coordinators. What a
// database shows is what its log says; a crash cuts the log off where it was not on disk yet.
import type { Ownership } from '../ownership.ts';
import type { Side } from '../replica.ts';

/**
 * What a log may hold, as short text, since states are compared as text:
 * `w3` a write that was acknowledged, `b4` one past the fence; `r…` a step of ownership, `f…` a row of it that somebody
 * made this side send; these four are what the other side gets, in this order. `o…` a row that was written here and is
 * not sent; `a` the next entry of the other side's stream, applied; `cr2`, `ct2` the first copy of the row and of the
 * data, as they were when the stream had 2 entries; `x` the table of the data began anew, and is to be copied.
 */
export type Entry = string;

export interface Database {
  readonly log: readonly Entry[];
  /** How many entries survive a crash. */
  readonly durable: number;
  /** A writer's transaction: none, `P` has passed the fence, `S…` has a snapshot of ownership and has not written. */
  readonly transaction: string;
}

export interface Coordinator {
  readonly step: 'idle' | 'drained' | 'confirmed' | 'told-target';
  /** The drained row that it goes by, as text. */
  readonly row: string;
}

/** How often each of these may still happen. */
export type Budget = Readonly<{
  writes: number;
  /** Transactions under REPEATABLE READ or SERIALIZABLE. */
  snapshots: number;
  drains: number;
  /** Of a database. */
  crashes: number;
  /** Of a coordinator. */
  deaths: number;
  bypasses: number;
  forgeries: number;
  /** A table that is made later, or copied again. */
  additions: number;
  completions: number;
}>;

export interface State {
  readonly monolith: Database;
  readonly service: Database;
  /** Of the service: what a copy that is under way will bring, as `2:…` above; empty where none is. */
  readonly copying: Readonly<Record<Table, string>>;
  readonly coordinators: readonly Coordinator[];
  /** The monolith's slot is gone: its stream brings nothing any more. */
  readonly completed: boolean;
  readonly budget: Budget;
}

/** The row of ownership, and the data. */
export type Table = 'r' | 't';
export const TABLES = ['r', 't'] as const;
export const SIDES = ['monolith', 'service'] as const;

/** Nothing of ours is lost by one of its values: the target is the side that does not own. */
export const writeRow = ({ epoch, attempt, owner, state }: Ownership): string =>
  `${epoch}.${attempt}.${owner}.${state}`;

const rowsByText = new Map<string, Ownership>();
export function readRow(text: string): Ownership {
  let row = rowsByText.get(text);
  if (row === undefined) {
    const [epoch = '', attempt = '', owner, state] = text.split('.') as [
      string,
      string,
      Side,
      Ownership['state'],
    ];
    const other = owner === 'monolith' ? 'service' : 'monolith';
    row = {
      epoch: Number(epoch),
      attempt: Number(attempt),
      owner,
      state,
      target: state === 'DRAINING' ? other : null,
    };
    rowsByText.set(text, row);
  }
  return row;
}

export const FIRST_ROW: Ownership = {
  epoch: 1,
  attempt: 0,
  owner: 'monolith',
  state: 'ACTIVE',
  target: null,
};

const isSent = (entry: Entry): boolean => 'wbrf'.includes(entry.charAt(0));
/** States share the logs that a step has not changed. */
const streams = new WeakMap<readonly Entry[], readonly Entry[]>();
export function streamOf({ log }: Database): readonly Entry[] {
  let stream = streams.get(log);
  if (stream === undefined) streams.set(log, (stream = log.filter(isSent)));
  return stream;
}

/** What a database shows. */
export interface View {
  readonly row: Ownership | undefined;
  /** Changes whenever the row is written, also with the same values. */
  readonly version: string;
  /** The numbers of the writes that it holds. */
  readonly writes: ReadonlySet<string>;
  /** How far it is in the other side's stream. */
  readonly applied: number;
  readonly ready: Readonly<Record<Table, boolean>>;
  readonly copied: Readonly<Record<Table, number | undefined>>;
}

const views = new Map<string, View>();
/** What was kept of other states is not needed any more. */
export const forgetViews = (): void => views.clear();

/** @param length of the log, where not all of it counts. */
export function viewOf(state: State, side: Side, length?: number): View {
  const whole = state[side].log;
  const other = state[side === 'monolith' ? 'service' : 'monolith'].log;
  const known = length === undefined ? recent.get(whole)?.get(other) : undefined;
  if (known !== undefined) return known;
  const log = length === undefined ? whole : whole.slice(0, length);
  const stream = streamOf(state[side === 'monolith' ? 'service' : 'monolith']);
  const key = `${side} ${log.join(' ')} | ${stream.join(' ')}`;
  let view = views.get(key);
  if (view === undefined) views.set(key, (view = replay(side, log, stream)));
  if (length === undefined) {
    let beside = recent.get(whole);
    if (beside === undefined) recent.set(whole, (beside = new WeakMap()));
    beside.set(other, view);
  }
  return view;
}

/** By the logs themselves: to look a view up by its text takes as long as to make it. */
const recent = new WeakMap<readonly Entry[], WeakMap<readonly Entry[], View>>();

function replay(side: Side, log: readonly Entry[], stream: readonly Entry[]): View {
  const here = side === 'monolith';
  let row = here ? FIRST_ROW : undefined;
  let version = 0;
  let writes = new Set<string>();
  let applied = 0;
  const copied: Record<Table, number | undefined> = here ? { r: 0, t: 0 } : { r: undefined, t: undefined };
  const change = (entry: Entry) => {
    if (entry.startsWith('w') || entry.startsWith('b')) writes.add(entry.slice(1));
    else [row, version] = [readRow(entry.slice(1)), version + 1];
  };
  for (const entry of log) {
    const kind = entry.charAt(0);
    if (kind === 'a') {
      const sent = stream[applied] ?? '';
      const at = copied[tableOf(sent)];
      if (at !== undefined && applied >= at) change(sent);
      applied += 1;
    } else if (kind === 'c') {
      const table = entry.charAt(1) as Table;
      const { at, rows } = readCopy(entry.slice(2));
      copied[table] = at;
      if (table === 'r') change(`r${rows}`);
      else rows.split('.').forEach((write) => write !== '' && writes.add(write));
    } else if (kind === 'x') {
      copied.t = undefined;
      writes = new Set();
    } else if (kind !== 'f') change(entry);
  }
  const isReady = (table: Table) => copied[table] !== undefined && applied >= copied[table];
  return {
    row,
    version: String(version),
    writes,
    applied,
    copied,
    ready: { r: isReady('r'), t: isReady('t') },
  };
}

/** Of `2:0.1`. */
export function readCopy(copy: string): { readonly at: number; readonly rows: string } {
  const colon = copy.indexOf(':');
  return { at: Number(copy.slice(0, colon)), rows: copy.slice(colon + 1) };
}

export const tableOf = (entry: Entry): Table => (entry.startsWith('w') || entry.startsWith('b') ? 't' : 'r');

export function keyOf({ monolith, service, copying, coordinators, completed, budget }: State): string {
  const database = ({ log, durable, transaction }: Database) => `${log.join(' ')};${durable};${transaction}`;
  return [
    database(monolith),
    database(service),
    copying.r,
    copying.t,
    ...coordinators.map(({ step, row }) => `${step} ${row}`).toSorted(),
    completed,
    ...Object.values(budget),
  ].join('|');
}
