// On what it was measured: figures without their machine are hearsay.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { projectRoot } from '#platform/paths.ts';

export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  /** GiB. */
  readonly memory: number;
  readonly system: string;
  readonly node: string;
  /** Null where none is measured. */
  readonly postgres: string | null;
  readonly prisma: string;
  readonly express: string;
  /** Of the last minute, when the run began: the work of others. */
  readonly load: number;
  /** The commit, with a + where the tree differs from it; empty outside of a repository. */
  readonly commit: string;
}

export async function describeMachine(pool?: Pool): Promise<Machine> {
  const answer = await pool?.query<{ server_version: string }>('SHOW server_version');
  return {
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    node: process.versions.node,
    postgres: answer?.rows[0]?.server_version ?? null,
    prisma: versionOf('@prisma/client'),
    express: versionOf('express'),
    load: currentLoad(),
    commit: commit(),
  };
}

export const currentLoad = (): number => Math.round((loadavg()[0] ?? 0) * 100) / 100;

export function versionOf(name: string): string {
  const file = readFileSync(join(projectRoot, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}

function commit(): string {
  try {
    const git = (...words: string[]) =>
      execFileSync('git', words, { cwd: projectRoot, encoding: 'utf8', stdio: 'pipe' }).trim();
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '+');
  } catch {
    return '';
  }
}
