// What an invariant says in the end, and what all of them are told.
import type { Side } from '../../strangler/ownership/replica.ts';
import type { Open, Span, Operation, Answer } from '../load/history.ts';

export interface Finding {
  readonly text: string;
  /** When it went wrong, as far as that is known. */
  readonly span?: Span | undefined;
}

export interface Verdict {
  readonly invariant: string;
  /** How much was looked at: nothing proves nothing. */
  readonly checked: number;
  readonly findings: readonly Finding[];
}

export interface Element {
  readonly element: number;
  /** Under which it was committed, and by which database. */
  readonly epoch: number;
  readonly side: Side;
}

/** What the owner holds in the end. */
export interface FinalRows {
  readonly owner: Side;
  readonly elements: readonly Element[];
  /** What the other side holds, whether or not it came to the owner. */
  readonly elementsElsewhere: readonly Element[];
  readonly registers: readonly {
    readonly register: number;
    readonly value: number;
    readonly version: number;
  }[];
  readonly accounts: readonly { readonly account: number; readonly balance: number }[];
}

/** A write that was given up, and what its key says that came of it. */
export interface Settled {
  readonly open: Open;
  /** Undefined where nothing came of it. */
  readonly answer: Answer | undefined;
}

export const describe = (operation: Operation): string => JSON.stringify(operation);
