// When faults were at work: what happens then excuses a caller's wait, and never a lost write.
export interface Disturbance {
  readonly begin: () => void;
  readonly end: () => void;
  /** Whether one is at work now, or was at any time since then. */
  readonly since: (time: number) => boolean;
}

export function createDisturbance(): Disturbance {
  let [atWork, endedAt] = [false, -Infinity];
  return {
    begin: () => void (atWork = true),
    end() {
      atWork = false;
      endedAt = performance.now();
    },
    since: (time) => atWork || endedAt > time,
  };
}
