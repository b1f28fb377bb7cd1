// What a run has done and met, in order: what a person reads where an invariant is violated.
export interface Trace {
  readonly note: (text: string) => void;
  readonly lines: () => readonly string[];
  /** Those from a moment on; in milliseconds of this process's clock. */
  readonly around: (from: number, to: number) => readonly string[];
}

const BEFORE_MS = 3_000;
const AFTER_MS = 1_000;

/** @param onNote is told each line. */
export function createTrace(onNote: (line: string) => void = () => undefined): Trace {
  const begin = performance.now();
  const events: { readonly at: number; readonly line: string }[] = [];
  return {
    note(text) {
      const at = performance.now();
      const line = `${((at - begin) / 1_000).toFixed(3).padStart(9)} s  ${text}`;
      events.push({ at, line });
      onNote(line);
    },
    lines: () => events.map(({ line }) => line),
    around: (from, to) =>
      events.filter(({ at }) => at >= from - BEFORE_MS && at <= to + AFTER_MS).map(({ line }) => line),
  };
}
