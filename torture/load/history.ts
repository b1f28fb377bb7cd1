// What callers asked for and what they were told, as the invariants need it: every acknowledged effect, and whatever
// may have had one.
import type { Side } from '../../strangler/ownership/replica.ts';

/** What is asked of `torture_calls.perform`. */
export type Operation =
  | { readonly kind: 'add'; readonly element: number }
  | { readonly kind: 'read'; readonly register: number }
  | {
      readonly kind: 'compare-and-set';
      readonly register: number;
      readonly expected: number;
      readonly value: number;
    }
  | { readonly kind: 'transfer'; readonly from: number; readonly to: number; readonly amount: number };

/** What it answers. */
export interface Answer {
  readonly epoch: number;
  readonly side: Side;
  /** It was done before, under the same key. */
  readonly again?: boolean;
  /** Of a register, after it. */
  readonly value?: number;
  readonly version?: number;
  readonly set?: boolean;
}

/** In milliseconds of this process's clock. */
export interface Span {
  readonly invoked: number;
  /** Infinity where no answer came. */
  readonly completed: number;
}

/** One look at a register, or one change of it. */
export interface RegisterEvent extends Span {
  readonly value: number;
  readonly version: number;
  /** What it replaced; undefined for a look. */
  readonly replaced?: number;
}

/** What was given up. */
export interface Open extends Span {
  readonly key: string;
  readonly operation: Operation;
  /** Failed: every try was refused, so nothing has happened. Unknown: at least one try was not answered. */
  readonly outcome: 'failed' | 'unknown';
  /** Whether a fault was at work meanwhile. */
  readonly disturbed: boolean;
  readonly reason: string;
}

export interface Counts {
  /** Of whatever changes something; looks are not among them. */
  acknowledged: number;
  readonly byKind: Record<Operation['kind'], number>;
  /** Answered at the first try. */
  ok: number;
  /** Refused or not answered at first, and acknowledged then under the same key. */
  delayed: number;
  failed: number;
  unknown: number;
}

export interface History {
  readonly counts: Counts;
  /** Element → when it was acknowledged. */
  readonly elements: Map<number, Span>;
  /** Register → its events, as they were answered. */
  readonly registers: Map<number, RegisterEvent[]>;
  /** Account → what transfers have changed. */
  readonly changes: Map<number, number>;
  readonly open: Open[];
  /** Answers that nobody may get, by their text. */
  readonly unexpected: Map<string, number>;
  /** The newest epoch that any answer came from. */
  newestEpoch: number;
  /** One line for each answer that came from an epoch older than one before. */
  readonly olderEpochs: string[];
  readonly acknowledge: (operation: Operation, answer: Answer, span: Span) => void;
}

export function createHistory(): History {
  const history: History = {
    counts: {
      acknowledged: 0,
      byKind: { add: 0, read: 0, 'compare-and-set': 0, transfer: 0 },
      ok: 0,
      delayed: 0,
      failed: 0,
      unknown: 0,
    },
    elements: new Map(),
    registers: new Map(),
    changes: new Map(),
    open: [],
    unexpected: new Map(),
    newestEpoch: 0,
    olderEpochs: [],
    acknowledge(operation, answer, span) {
      history.counts.byKind[operation.kind] += 1;
      if (hasEffect(operation, answer)) history.counts.acknowledged += 1;
      record(history, operation, answer, span);
    },
  };
  return history;
}

const hasEffect = ({ kind }: Operation, { set }: Answer): boolean => kind !== 'read' && set !== false;

/** Also for what was found out afterwards. */
export function record(
  { elements, registers, changes }: Pick<History, 'elements' | 'registers' | 'changes'>,
  operation: Operation,
  answer: Answer,
  span: Span,
): void {
  switch (operation.kind) {
    case 'add':
      elements.set(operation.element, span);
      return;
    case 'transfer':
      for (const [account, change] of [
        [operation.from, -operation.amount],
        [operation.to, operation.amount],
      ] as const)
        changes.set(account, (changes.get(account) ?? 0) + change);
      return;
    case 'read':
    case 'compare-and-set': {
      const { value = Number.NaN, version = Number.NaN } = answer;
      const events = registers.get(operation.register) ?? [];
      registers.set(operation.register, events);
      events.push({
        ...span,
        value,
        version,
        ...(operation.kind === 'compare-and-set' && answer.set === true && { replaced: operation.expected }),
      });
    }
  }
}
