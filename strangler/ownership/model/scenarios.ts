// Where the explorer begins, and how much may happen from there: the bounds within which it looks at everything.
import { FIRST_ROW, writeRow, type Budget, type Coordinator, type State } from './state.ts';

const NOTHING: Budget = {
  writes: 0,
  snapshots: 0,
  drains: 0,
  crashes: 0,
  deaths: 0,
  bypasses: 0,
  forgeries: 0,
  additions: 0,
  completions: 0,
};

interface Bounds extends Partial<Budget> {
  readonly coordinators: number;
  /** Nothing is copied yet. */
  readonly copies?: boolean;
}

function begin({ coordinators, copies = false, ...budget }: Bounds): State {
  const idle: Coordinator = { step: 'idle', row: '' };
  return {
    monolith: { log: [], durable: 0, transaction: '' },
    service: {
      log: copies ? [] : [`cr0:${writeRow(FIRST_ROW)}`, 'ct0:'],
      durable: copies ? 0 : 2,
      transaction: '',
    },
    copying: { r: '', t: '' },
    coordinators: Array.from({ length: coordinators }, () => idle),
    completed: false,
    budget: { ...NOTHING, ...budget },
  };
}

export const SCENARIOS = {
  'there and back, with two coordinators': begin({
    coordinators: 2,
    writes: 2,
    drains: 2,
    crashes: 1,
    deaths: 1,
  }),
  'there, back and there again': begin({ coordinators: 1, writes: 2, drains: 3, crashes: 1 }),
  'snapshots older than the right': begin({
    coordinators: 1,
    writes: 1,
    snapshots: 2,
    drains: 2,
    crashes: 1,
  }),
  'the first copy': begin({ coordinators: 1, writes: 2, drains: 1, crashes: 1, copies: true }),
  'the first copy, with two coordinators': begin({ coordinators: 2, writes: 1, drains: 1, copies: true }),
  'a table that comes later': begin({ coordinators: 2, writes: 1, drains: 2, crashes: 1, additions: 1 }),
  'a superuser beside it': begin({
    coordinators: 1,
    writes: 1,
    drains: 2,
    crashes: 1,
    bypasses: 1,
    forgeries: 1,
  }),
  'completed, with crashes': begin({
    coordinators: 1,
    writes: 2,
    drains: 1,
    crashes: 2,
    deaths: 1,
    completions: 1,
  }),
} as const satisfies Readonly<Record<string, State>>;

export type ScenarioName = keyof typeof SCENARIOS;
