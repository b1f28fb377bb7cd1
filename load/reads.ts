// Whether what is read is what must be seen by then: a session's own writes, whoever answers.
import type { Answer } from './client.ts';

/** What a session has written. */
export interface Written {
  /** The product's, by the answer to the write; undefined where that says none, as for stock. */
  readonly version: number | undefined;
  readonly value: string;
  /** Whether nobody else of this run has written there since. */
  readonly alone: () => boolean;
}

/** What was read where that was written. */
export interface Read {
  readonly version: number | undefined;
  /** Undefined where nothing was found. */
  readonly value: string | undefined;
}

/**
 * A later version is somebody else's, and no older state. Without versions only the value can tell, and only while
 * nobody else may have written: undefined where that is not known.
 */
export function isStale(written: Written, read: Read): boolean | undefined {
  if (written.version !== undefined && read.value === undefined) return true;
  if (written.version !== undefined && read.version !== undefined && read.version !== written.version)
    return read.version < written.version;
  const decidable = written.alone() || (written.version !== undefined && read.version === written.version);
  return decidable ? read.value !== written.value : undefined;
}

const NO_SERVICE = ['monolith', 'gateway', 'unknown', 'nobody'];

/** Whether neither the monolith nor what stands in front of it has answered. */
export const isByService = ({ servedBy }: Pick<Answer, 'servedBy'>): boolean =>
  !NO_SERVICE.includes(servedBy);
