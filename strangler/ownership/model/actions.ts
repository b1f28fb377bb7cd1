// Everything that can happen next in a state of the model.
import { otherSide, type Side } from '../replica.ts';
import type { Ownership } from '../ownership.ts';
import type { Rules } from './rules.ts';
import {
  readCopy,
  readRow,
  SIDES,
  streamOf,
  tableOf,
  TABLES,
  viewOf,
  writeRow,
  type Budget,
  type Coordinator,
  type Database,
  type Entry,
  type State,
  type Table,
} from './state.ts';

export interface Next {
  /** What happened, for the trace. */
  readonly action: string;
  readonly state: State;
  /** An invariant of steps, rather than of states, that it breaks. */
  readonly broken?: string;
}

const spend = (budget: Budget, what: keyof Budget): Budget => ({ ...budget, [what]: budget[what] - 1 });

/** What is written here is on disk when it is answered; what is applied is not. */
const commit = (database: Database, entry: Entry): Database => ({
  log: [...database.log, entry],
  durable: database.log.length + 1,
  transaction: database.transaction,
});

export function nextStates(state: State, rules: Rules): readonly Next[] {
  return [
    ...SIDES.flatMap((side) => [
      ...writerSteps(state, side, rules),
      ...applySteps(state, side, rules),
      ...troubleSteps(state, side),
    ]),
    ...copySteps(state, rules),
    ...state.coordinators.flatMap((_, index) => coordinatorSteps(state, index, rules)),
    ...completionSteps(state, rules),
  ];
}

/** A database that was retired takes no writers. */
const isRetired = ({ completed }: State, side: Side) => completed && side === 'monolith';

function writerSteps(state: State, side: Side, rules: Rules): readonly Next[] {
  const database = state[side];
  const { budget } = state;
  if (isRetired(state, side)) return [];
  const { row, version } = viewOf(state, side);
  const with_ = (action: string, transaction: string, spent: Budget = budget): Next => ({
    action: `${action} at the ${side}`,
    state: { ...state, [side]: { ...database, transaction }, budget: spent },
  });
  if (database.transaction === '') {
    const steps: Next[] = [];
    if (budget.writes > 0 && rules.mayWrite(side, row))
      steps.push(with_('a write passes the fence', 'P', spend(budget, 'writes')));
    if (budget.snapshots > 0 && row !== undefined)
      steps.push(
        with_('a transaction takes its snapshot', `S${version}:${writeRow(row)}`, spend(budget, 'snapshots')),
      );
    return steps;
  }
  if (database.transaction.startsWith('S')) {
    const [seenVersion, seenRow = ''] = database.transaction.slice(1).split(':');
    const current = rules.distrustsSnapshots ? (seenVersion === version ? row : undefined) : readRow(seenRow);
    return rules.mayWrite(side, current)
      ? [with_('it writes by that snapshot', 'P')]
      : [with_('it is refused', '')];
  }
  const written = commit({ ...database, transaction: '' }, `w${countWrites(state)}`);
  const owns = row?.owner === side && row.state === 'ACTIVE';
  return [
    {
      action: `the write is committed and acknowledged at the ${side}`,
      state: { ...state, [side]: written },
      ...(owns ? {} : { broken: `a local commit under a right that the ${side} does not have` }),
    },
  ];
}

const countWrites = ({ monolith, service }: State) =>
  [...monolith.log, ...service.log].filter((entry) => 'wb'.includes(entry.charAt(0))).length;

/** Whether the next entry of the stream is taken; a copy meets the same fences. */
function isTaken(rules: Rules, me: Side, row: Ownership | undefined, entry: Entry): boolean {
  if (tableOf(entry) === 't') return rules.mayApply(me, row);
  return rules.mayApplyRight(me, row, readRow(entry.slice(1)));
}

/** @returns the side after the next entry of its stream; undefined where there is none, or it is refused. */
export function applyNext(state: State, side: Side, rules: Rules): State | undefined {
  if (state.completed && side === 'service') return undefined;
  const view = viewOf(state, side);
  const entry = streamOf(state[otherSide(side)])[view.applied];
  if (entry === undefined) return undefined;
  const at = view.copied[tableOf(entry)];
  if (at !== undefined && view.applied >= at && !isTaken(rules, side, view.row, entry)) return undefined;
  const database = state[side];
  return { ...state, [side]: { ...database, log: [...database.log, 'a'] } };
}

function applySteps(state: State, side: Side, rules: Rules): readonly Next[] {
  const steps: Next[] = [];
  const database = state[side];
  const applied = applyNext(state, side, rules);
  if (applied !== undefined) {
    const before = viewOf(state, side);
    const after = viewOf(applied, side);
    const entry = streamOf(state[otherSide(side)])[before.applied] ?? '';
    const changed = before.writes.size !== after.writes.size || before.version !== after.version;
    steps.push({
      action: `the ${side} applies ${entry}`,
      state: applied,
      ...(changed && before.row?.owner === side
        ? { broken: `${entry} flows into the ${side}, which owns` }
        : {}),
      ...((after.row?.epoch ?? 0) < (before.row?.epoch ?? 0)
        ? { broken: `the epoch of the ${side} shrinks` }
        : {}),
    });
  }
  if (database.durable < database.log.length)
    steps.push({
      action: `the ${side} has on disk what it has applied`,
      state: { ...state, [side]: { ...database, durable: database.log.length } },
    });
  return steps;
}

function troubleSteps(state: State, side: Side): readonly Next[] {
  const { budget } = state;
  const database = state[side];
  const steps: Next[] = [];
  const copies = side === 'service' && TABLES.some((table) => state.copying[table] !== '');
  if (
    budget.crashes > 0 &&
    (database.durable < database.log.length || database.transaction !== '' || copies)
  ) {
    const log = database.log.slice(0, database.durable);
    steps.push({
      action: `the ${side}'s PostgreSQL crashes`,
      state: {
        ...state,
        [side]: { log, durable: log.length, transaction: '' },
        copying: { r: '', t: '' },
        budget: spend(budget, 'crashes'),
      },
    });
  }
  const { row } = viewOf(state, side);
  if (row === undefined || row.owner === side || isRetired(state, side)) return steps;
  const past = (action: string, entry: Entry, what: keyof Budget) =>
    steps.push({
      action: `${action} at the ${side}`,
      state: { ...state, [side]: commit(database, entry), budget: spend(budget, what) },
    });
  if (budget.bypasses > 0) past('a superuser writes past the fence', `b${countWrites(state)}`, 'bypasses');
  if (budget.forgeries > 0)
    past(
      'a superuser makes an older row of ownership be sent',
      `f${writeRow({ epoch: 1, attempt: 0, owner: side, state: 'ACTIVE', target: null })}`,
      'forgeries',
    );
  return steps;
}

function copySteps(state: State, rules: Rules): readonly Next[] {
  const steps: Next[] = [];
  const view = viewOf(state, 'service');
  const owner = viewOf(state, 'monolith').row;
  for (const table of TABLES) {
    if (view.copied[table] !== undefined || state.completed) continue;
    const ended = state.copying[table] === '' ? undefined : endCopy(state, table, rules);
    if (state.copying[table] === '')
      steps.push({ action: `the copy of ${table} begins`, state: beginCopy(state, table) });
    else if (ended !== undefined) steps.push({ action: `the copy of ${table} ends`, state: ended });
  }
  // replicate holds the same lock as a move, and does not touch a capability that is being handed over.
  if (state.budget.additions > 0 && view.ready.t && owner?.owner === 'monolith' && owner.state === 'ACTIVE')
    steps.push({
      action: 'a table begins anew at the service',
      state: { ...state, service: commit(state.service, 'x'), budget: spend(state.budget, 'additions') },
    });
  return steps;
}

/** In a snapshot of what the monolith shows. */
export function beginCopy(state: State, table: Table): State {
  const { row, writes } = viewOf(state, 'monolith');
  const rows = table === 'r' ? writeRow(row as Ownership) : [...writes].toSorted().join('.');
  return { ...state, copying: { ...state.copying, [table]: `${streamOf(state.monolith).length}:${rows}` } };
}

/** A copy that was overtaken is brought as far as the stream is, by its own worker. */
export function endCopy(state: State, table: Table, rules: Rules): State | undefined {
  const view = viewOf(state, 'service');
  if (table === 't' && !rules.mayApply('service', view.row)) return undefined;
  const { at, rows } = readCopy(state.copying[table]);
  const missed = streamOf(state.monolith)
    .slice(at, view.applied)
    .filter((entry) => tableOf(entry) === table)
    .map((entry) => entry.slice(1));
  const reached =
    table === 'r' ? (missed.at(-1) ?? rows) : [rows, ...missed].filter((each) => each !== '').join('.');
  const { service } = state;
  return {
    ...state,
    service: { ...service, log: [...service.log, `c${table}${Math.max(at, view.applied)}:${reached}`] },
    copying: { ...state.copying, [table]: '' },
  };
}

function coordinatorSteps(state: State, index: number, rules: Rules): readonly Next[] {
  const steps: Next[] = [];
  const coordinator = state.coordinators[index] as Coordinator;
  const { budget } = state;
  const become = (changed: Coordinator): Pick<State, 'coordinators'> => ({
    coordinators: state.coordinators.map((each, i) => (i === index ? changed : each)),
  });
  const idle: Coordinator = { step: 'idle', row: '' };
  const add = (action: string, changes: Partial<State>) =>
    steps.push({ action: `coordinator ${index + 1} ${action}`, state: { ...state, ...changes } });

  if (coordinator.step === 'idle') {
    if (state.completed) return steps;
    for (const side of SIDES) {
      const { row } = viewOf(state, side);
      if (row?.owner !== side) continue;
      const waits = rules.drainWaits && state[side].transaction === 'P';
      const drained = rules.drain(row, otherSide(side));
      if (drained !== undefined && budget.drains > 0 && !waits)
        add(`drains the ${side}`, {
          ...become({ step: 'drained', row: writeRow(drained) }),
          [side]: commit(state[side], `r${writeRow(drained)}`),
          budget: spend(budget, 'drains'),
        });
      if (row.state === 'DRAINING')
        add(`finds the ${side} drained`, become({ step: 'drained', row: writeRow(row) }));
    }
    return steps;
  }
  if (budget.deaths > 0) add('dies', { ...become(idle), budget: spend(budget, 'deaths') });

  const seen = readRow(coordinator.row);
  const [source, target] = [seen.owner, otherSide(seen.owner)];
  const row = viewOf(state, source).row as Ownership;
  // Each of its steps is a compare-and-set on what it has seen.
  const outrun = !rules.isSame(row, seen);
  const atTarget = viewOf(state, target);
  const aborted = rules.abort(row);
  const granted = rules.grant(seen);

  if (outrun) add('finds that somebody else was faster', become(idle));
  else if (aborted !== undefined)
    add('aborts', { ...become(idle), [source]: commit(state[source], `r${writeRow(aborted)}`) });
  if (coordinator.step === 'drained') {
    const confirmed = !rules.confirmsDrain || rules.isConfirmed(seen, atTarget.row);
    const ready = !rules.checksTables || TABLES.every((table) => atTarget.ready[table]);
    if (confirmed && ready)
      add('has it confirmed', {
        ...become({ step: 'confirmed', row: coordinator.row }),
        ...(rules.flushesTarget ? { [target]: { ...state[target], durable: state[target].log.length } } : {}),
      });
  }
  if (coordinator.step === 'confirmed' && granted !== undefined && !rules.grantsInStream)
    add(`tells the ${target} that it owns`, {
      ...become({ step: 'told-target', row: coordinator.row }),
      [target]: commit(state[target], `o${writeRow(granted)}`),
    });
  const mayGrant =
    coordinator.step === 'told-target' || (coordinator.step === 'confirmed' && rules.grantsInStream);
  if (mayGrant && !outrun && granted !== undefined)
    add(`grants to the ${target}`, {
      ...become(idle),
      [source]: commit(state[source], `r${writeRow(granted)}`),
    });
  return steps;
}

/** The monolith's tables are retired, and its slot dropped. */
function completionSteps(state: State, rules: Rules): readonly Next[] {
  if (state.completed || state.budget.completions === 0) return [];
  const { row } = viewOf(state, 'monolith');
  if (row?.owner !== 'service' || viewOf(state, 'service').row?.owner !== 'service') return [];
  const { durable, log } = state.service;
  const flushed = viewOf(state, 'service', rules.dropsAfterFlush ? durable : log.length).applied;
  if (flushed < streamOf(state.monolith).length) return [];
  return [
    {
      action: 'the monolith is retired, and its slot dropped',
      state: { ...state, completed: true, budget: spend(state.budget, 'completions') },
    },
  ];
}
