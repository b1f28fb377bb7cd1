// The story, act by act: what is done, and why, in the words of somebody who shows it.
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError } from '#platform/setup-error.ts';
import type { Stage } from './stage.ts';

export interface Act {
  readonly title: string;
  readonly why: string;
  /** @throws {SetupError} where it cannot be gone on. */
  readonly play: (stage: Stage) => Promise<void>;
}

const RESTART_DEADLINE_MS = 30_000;

export const ACTS: readonly Act[] = [
  {
    title: 'A monolith, open for business',
    why: 'Customers look and buy, administrators change prices. The gateway sends all of it to one process.',
    play: (stage) => stage.watch(),
  },
  {
    title: 'The rows of the catalog are copied to its service, and kept in step',
    why: 'By the database itself, both ways; the monolith goes on as before.',
    async play(stage) {
      await stage.command('replicate', 'catalog');
      await stage.watch();
    },
  },
  {
    title: 'Are they the same?',
    why: 'Row by row, while they are written: what is only on its way is no difference.',
    play: compareRows,
  },
  {
    title: 'A parallel run',
    why: 'A fifth of the reads is asked of the service, too. Nobody waits for it; its answers are compared.',
    async play(stage) {
      await stage.command('shadow', 'catalog', '20');
      await stage.watch();
      const { mismatches } = await stage.command<{ mismatches: readonly unknown[] }>('mismatches', 'catalog');
      stage.differing += mismatches.length;
      stage.tell(`${mismatches.length} answers differed`);
      await stage.command('shadow', 'catalog', '0');
    },
  },
  {
    title: 'A quarter of the customers read from the service',
    why: 'Always the same ones; and nobody is shown less than they have seen.',
    async play(stage) {
      await stage.command('reads', 'catalog', '25');
      await stage.watch();
    },
  },
  {
    title: 'All of them do',
    why: 'The monolith still owns the rows: every write is its own.',
    async play(stage) {
      await stage.command('reads', 'catalog', '100');
      await stage.watch();
    },
  },
  {
    title: 'The right to write moves to the service',
    why: 'It travels in the stream, behind all of the rows: so whoever has it has everything. Writers wait for a moment.',
    async play(stage) {
      await stage.move('service');
      await stage.watch();
    },
  },
  {
    title: 'The service is killed',
    why: 'SIGKILL, while it owns the catalog. It is started again; who is told to come again does so, with the same key.',
    play: killService,
  },
  {
    title: 'Back to the monolith',
    why: 'A rollback after the service has taken writes: they are all there.',
    async play(stage) {
      await stage.move('monolith');
      await stage.watch();
    },
  },
  {
    title: 'And forward again',
    why: 'Because it makes no difference any more.',
    async play(stage) {
      await stage.move('service');
      await stage.watch();
    },
  },
];

/** What differs in the end counts as lost. */
export async function compareRows(stage: Stage): Promise<void> {
  const { tables } = await stage.command<{
    tables: readonly { rows: number; missing: number; extra: number; changed: number }[];
  }>('diff', 'catalog');
  const sum = (count: (table: (typeof tables)[number]) => number) =>
    tables.reduce((total, table) => total + count(table), 0);
  const differing = sum(({ missing, extra, changed }) => missing + extra + changed);
  stage.differing += differing;
  stage.tell(`${sum(({ rows }) => rows).toLocaleString('en-US')} rows compared, ${differing} differ`);
}

/** The gap ends with the first write that is answered after it. */
async function killService(stage: Stage): Promise<void> {
  const { told, shop } = stage;
  const killed = performance.now();
  shop.killService();
  // What was answered as it died is not what is waited for.
  await stage.watch(1);
  const before = told.counts.writes;
  while (told.counts.writes === before) {
    if (performance.now() - killed > RESTART_DEADLINE_MS)
      throw new SetupError(
        [
          `no write is answered ${RESTART_DEADLINE_MS} ms after the service was killed`,
          ...told.failures,
        ].join('; '),
      );
    await sleep(20);
  }
  await stage.watch();
  stage.killPauseMs = told.longestPause(killed, performance.now());
  stage.tell(`writes were answered again after ${(stage.killPauseMs / 1_000).toFixed(1)} s`);
}
