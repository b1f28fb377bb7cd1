// The steps of a trace that write: through the fence, by an old snapshot, and past the fence.
import type { Side } from '../../replica.ts';
import { sendOlderRow, writePastFence } from './by-hand.ts';
import { must, newEntry, type Run } from './run.ts';
import type { Step } from './walks.ts';

const INSERT = 'INSERT INTO catalog.notes VALUES ($1, $2)';

/** No snapshot for a copy is to be had while a transaction that has written is open: there it only meets the fence. */
export async function passFence(
  run: Run,
  _step: Step,
  [side]: readonly string[],
  index: number,
): Promise<void> {
  const at = side as Side;
  const writer = await run.lane.session('writer', at);
  const rest = run.trace.steps.slice(index + 1).map(({ action }) => action);
  const ends = rest.findIndex(
    (action) => action.startsWith('the write is committed') || action.endsWith('crashes'),
  );
  const hasWritten = !rest
    .slice(0, ends < 0 ? undefined : ends)
    .some((action) => /^the copy of . begins$/.test(action));
  const number = run.next++;
  await writer.query('BEGIN');
  await (hasWritten
    ? writer.query(INSERT, [number, at])
    : writer.query('DELETE FROM catalog.notes WHERE false'));
  run.open[at] = { number, hasWritten };
}

export async function takeSnapshot(run: Run, _step: Step, [side]: readonly string[]): Promise<void> {
  const writer = await run.lane.session('writer', side as Side);
  await writer.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM catalog.categories');
}

export async function writeBySnapshot(run: Run, _step: Step, [side]: readonly string[]): Promise<void> {
  const number = run.next++;
  await (await run.lane.session('writer', side as Side)).query(INSERT, [number, side]);
  run.open[side as Side] = { number, hasWritten: true };
}

export async function beRefused(run: Run, _step: Step, [side]: readonly string[]): Promise<void> {
  const writer = await run.lane.session('writer', side as Side);
  const code = await writer.query(INSERT, [run.next++, side]).then(
    () => 'accepted',
    (error: { code?: string }) => error.code ?? 'lost',
  );
  await writer.query('ROLLBACK');
  must(code === 'SH001' || code === '40001', `the write is not refused by the fence, but ${code}`);
}

export async function commit(run: Run, { before, after }: Step, [side]: readonly string[]): Promise<void> {
  const at = side as Side;
  const writer = await run.lane.session('writer', at);
  const { number, hasWritten } = run.open[at] ?? { number: -1, hasWritten: true };
  if (!hasWritten) await writer.query(INSERT, [number, at]);
  await writer.query('COMMIT');
  run.numbers.set(newEntry(before, after, at).slice(1), number);
}

export async function bypass(run: Run, { before, after }: Step, [side]: readonly string[]): Promise<void> {
  const at = side as Side;
  const number = run.next++;
  await run.lane.sql(at, writePastFence(number));
  run.numbers.set(newEntry(before, after, at).slice(1), number);
}

export async function forge(run: Run, _step: Step, [side]: readonly string[]): Promise<void> {
  await run.lane.sql(side as Side, sendOlderRow(side as Side));
}
