// Processes that are stopped by SIGSTOP, and are never left so.
export interface StoppedProcesses {
  /** One that is gone already is left alone. */
  readonly stop: (pids: readonly number[]) => void;
  readonly continueAll: () => void;
}

export function createStoppedProcesses(): StoppedProcesses {
  const stopped = new Set<number>();
  return {
    stop(pids) {
      for (const pid of pids) if (signal(pid, 'SIGSTOP')) stopped.add(pid);
    },
    continueAll() {
      for (const pid of stopped) signal(pid, 'SIGCONT');
      stopped.clear();
    },
  };
}

/** @returns false where there is no such process any more. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  // 0 would be this process's own group.
  if (pid <= 0) return false;
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
