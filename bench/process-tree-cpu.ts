// The CPU time of a program that is many processes (PostgreSQL, a cluster): the parent, its children, and those that it
// has buried.
import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second, whatever the kernel's own clock is. */
const TICKS_PER_SECOND = 100;

/** Seconds so far, user and system; undefined where there is no /proc to read it from. */
export function processTreeCpuSeconds(parent: number): number | undefined {
  try {
    for (;;) {
      const own = statOf(parent);
      const children = readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map((pid) => statOrNothing(Number(pid)))
        .filter((stat) => stat?.parent === parent);
      // One that was buried meanwhile would be counted nowhere: not among the living, and not yet among the dead.
      if (statOf(parent).buriedTicks !== own.buriedTicks) continue;
      const ticks = children.reduce((sum, stat) => sum + (stat?.ticks ?? 0), own.ticks + own.buriedTicks);
      return ticks / TICKS_PER_SECOND;
    }
  } catch {
    return undefined;
  }
}

/** The same of one process without its children; undefined as well where it has ended. */
export function processCpuSeconds(pid: number): number | undefined {
  const stat = statOrNothing(pid);
  return stat && stat.ticks / TICKS_PER_SECOND;
}

function statOf(pid: number) {
  // After the command's name, which may hold anything: state, parent, … utime, stime, cutime, cstime.
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (index: number) => Number(fields[index]);
  return { parent: field(1), ticks: field(11) + field(12), buriedTicks: field(13) + field(14) };
}

/** A process may end while the list is read. */
function statOrNothing(pid: number) {
  try {
    return statOf(pid);
  } catch {
    return undefined;
  }
}
