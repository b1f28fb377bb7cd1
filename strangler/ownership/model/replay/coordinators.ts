// The steps of a trace that a coordinator takes, by the operations and transitions that move-ownership.ts takes them by.
import { beatText } from '../../heartbeats.ts';
import { readOwnership, type Ownership } from '../../ownership.ts';
import { checkStreams } from '../../check-streams.ts';
import { otherSide, type Side } from '../../replica.ts';
import { setOwnership, setOwnershipBehindWriters } from '../../set-ownership.ts';
import { abort, drain, grant, isConfirmed } from '../../transitions.ts';
import { Differs, must, type Run } from './run.ts';
import type { Step } from './walks.ts';

const LOCKS = { lockTimeoutMs: 1_000, deadlineMs: 10_000 };

export async function drainSide(run: Run, _step: Step, [number, side]: readonly string[]): Promise<void> {
  const at = side as Side;
  const { [at]: source } = await run.lane.sides(`coordinator-${number}`);
  const row = await readOwnership(run.lane.replica, source);
  const next = row && drain(row, otherSide(at));
  must(row !== undefined && next !== undefined, 'there is nothing to drain');
  if (row === undefined || next === undefined) return;
  must(
    await setOwnershipBehindWriters(run.lane.replica, source, row, next, LOCKS),
    'somebody else was faster',
  );
  run.seen[Number(number)] = next;
}

export async function findDrained(run: Run, _step: Step, [number, side]: readonly string[]): Promise<void> {
  const { [side as Side]: source } = await run.lane.sides(`coordinator-${number}`);
  run.seen[Number(number)] = await readOwnership(run.lane.replica, source);
}

export async function die(run: Run, _step: Step, [number]: readonly string[]): Promise<void> {
  await run.lane.end(`coordinator-${number}`);
}

const seenBy = ({ seen }: Run, number: string | undefined): Ownership => {
  const row = seen[Number(number)];
  if (row === undefined) throw new Differs(`coordinator ${number} has seen no row`);
  return row;
};

async function change(
  run: Run,
  number: string | undefined,
  step: (row: Ownership) => Ownership | undefined,
): Promise<boolean> {
  const row = seenBy(run, number);
  const next = step(row);
  must(next !== undefined, 'there is no such step');
  const sides = await run.lane.sides(`coordinator-${number}`);
  return setOwnership(run.lane.replica, sides[row.owner], row, next as Ownership);
}

export async function beOutrun(run: Run, _step: Step, [number]: readonly string[]): Promise<void> {
  for (const step of [abort, grant])
    must(!(await change(run, number, step)), 'it changes a row that it has not seen');
}

export async function abortDrain(run: Run, _step: Step, [number]: readonly string[]): Promise<void> {
  must(await change(run, number, abort), 'it is not aborted');
}

export async function confirm(run: Run, _step: Step, [number]: readonly string[]): Promise<void> {
  const row = seenBy(run, number);
  const sides = await run.lane.sides(`coordinator-${number}`);
  const target = sides[otherSide(row.owner)];
  must(isConfirmed(row, await readOwnership(run.lane.replica, target)), 'it is not confirmed');
  const { problems } = await checkStreams(run.lane.replica, sides);
  must(problems.length === 0, problems.join('\n'));
  await target.query(
    `SELECT set_config('synchronous_commit', 'on', true); ${beatText(run.lane.replica, target.side)}`,
  );
}

export async function grantTarget(run: Run, _step: Step, [number]: readonly string[]): Promise<void> {
  must(await change(run, number, grant), 'it is not granted');
}
