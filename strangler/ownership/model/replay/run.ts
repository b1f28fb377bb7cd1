// What the steps of one trace share while it is performed, and how a step tells that it could not be.
import type { Ownership } from '../../ownership.ts';
import type { Side } from '../../replica.ts';
import type { State } from '../state.ts';
import type { Lane } from './lane.ts';
import type { Step, Trace } from './walks.ts';

export interface Run {
  readonly lane: Lane;
  readonly trace: Trace;
  /** The rows that coordinators go by, as they have read or written them. */
  readonly seen: (Ownership | undefined)[];
  /** Of the model's writes, by its own numbers. */
  readonly numbers: Map<string, number>;
  /** Where each side wrote in its log before each entry of the model's log. */
  readonly positions: Record<Side, bigint[]>;
  /** The real number of each side's open transaction; one that has only met the fence writes when it commits. */
  readonly open: Partial<Record<Side, { readonly number: number; readonly hasWritten: boolean }>>;
  next: number;
}

/** @param words what the action names: a side, a table, the number of a coordinator. */
export type Perform = (run: Run, step: Step, words: readonly string[], index: number) => Promise<void>;

/** PostgreSQL does not do what the model says that it does. */
export class Differs extends Error {}
export class FlushedEarlier extends Error {}
export class ConfirmedEarly extends Error {}

export const must = (holds: boolean, what: string): void => {
  if (!holds) throw new Differs(what);
};

/** What a step has added to the log of a side, in the words of the model. */
export const newEntry = (before: State, after: State, side: Side): string =>
  after[side].log[before[side].log.length] ?? '';
