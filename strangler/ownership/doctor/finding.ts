// What a doctor can find, and what may be done about it.
import type { Side } from '../replica.ts';

/** Each has its line in docs/doctor.md. */
export type State =
  | 'unreachable'
  | 'disk full'
  | 'read only'
  | 'copy of another'
  | 'older than itself'
  | 'incomplete'
  | 'stop not ended'
  | 'drained'
  | 'under way'
  | 'granted'
  | 'two owners'
  | 'no owner'
  | 'slot lost'
  | 'stream disabled'
  | 'written past the fence'
  | 'conflict'
  | 'not copied'
  | 'tables differ'
  | 'table without a stream'
  | 'late';

/** What `--repair` does by itself: none of these can lose a row that the owner has. */
export type Remedy =
  | { readonly kind: 'take back'; readonly owner: Side }
  | { readonly kind: 'enable'; readonly to: Side }
  | { readonly kind: 'begin anew'; readonly to: Side };

export interface Finding {
  readonly state: State;
  /** What was seen. */
  readonly found: string;
  /** What a person does, or may let `--repair` do. */
  readonly advice: string;
  readonly remedy?: Remedy;
  /** A person has to decide it; with the side that may be adopted. */
  readonly decision?: { readonly kind: 'adopt' | 'discard'; readonly side: Side };
}
