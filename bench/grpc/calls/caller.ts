// What all callers have in common: they do a piece of work once, and close.
import type { Work } from '../work.ts';

export interface Caller {
  /** @param worker which of those at once: its connection is always the same. @returns the answer, decoded. */
  call(work: Work, worker: number): Promise<unknown>;
  close(): Promise<void>;
}
