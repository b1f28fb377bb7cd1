// What the processes of a role have taken of the machine: CPU time, and memory, by /proc.
import { readdirSync, readFileSync } from 'node:fs';
import { processTreeCpuSeconds } from '../bench/process-tree-cpu.ts';

/** By role, each with its processes. */
export type Roles = Readonly<Record<string, readonly number[]>>;

/** Null where the system does not tell, or the process has ended. */
export type Figure = number | null;

/** User and system, in seconds so far, the children of each process included. */
export const cpuSeconds = (roles: Roles): Readonly<Record<string, Figure>> =>
  perRole(roles, (pid) => processTreeCpuSeconds(pid));

/**
 * In MiB. The resident set of each process, which is what it would take on a machine of its own; of PostgreSQL, whose
 * processes share most of theirs, the proportional one, so that no page counts twice.
 */
export const memory = (roles: Roles): Readonly<Record<string, Figure>> =>
  perRole(roles, (pid) => {
    const children = childrenOf(pid);
    return children.length === 0
      ? mebibytesIn(`/proc/${pid}/status`, 'VmRSS')
      : sum([pid, ...children].map((each) => mebibytesIn(`/proc/${each}/smaps_rollup`, 'Pss')));
  });

const perRole = (roles: Roles, measure: (pid: number) => number | undefined) =>
  Object.fromEntries(Object.entries(roles).map(([role, pids]) => [role, sum(pids.map(measure)) ?? null]));

/** Undefined as soon as one of them is. */
function sum(values: readonly (number | undefined)[]): number | undefined {
  return values.some((value) => value === undefined)
    ? undefined
    : values.reduce<number>((total, value) => total + (value ?? 0), 0);
}

function childrenOf(parent: number): readonly number[] {
  const line = `\nPPid:\t${parent}\n`;
  return namesIn('/proc')
    .filter((name) => /^\d+$/.test(name) && textOf(`/proc/${name}/status`).includes(line))
    .map(Number);
}

function mebibytesIn(file: string, name: string): number | undefined {
  const kib = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(textOf(file))?.[1];
  return kib === undefined ? undefined : Number(kib) / 1_024;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Empty where there is none, or no more. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
