// switch doctor: what a capability's replication suffers from, what to do about it, and on request the safe part of that.
import { createInterface } from 'node:readline/promises';
import { SetupError } from '#platform/setup-error.ts';
import { diagnose } from '../ownership/doctor/diagnose.ts';
import { gatherFacts } from '../ownership/doctor/facts.ts';
import type { Finding } from '../ownership/doctor/finding.ts';
import { adopt, discard, treat } from '../ownership/doctor/treat.ts';
import type { Replica, Side } from '../ownership/replica.ts';
import { whoAmI } from './client.ts';
import { openMoveLog } from './move-log.ts';
import type { Output } from './replicate.ts';

export interface DoctorOptions extends Pick<Output, 'json' | 'print'> {
  readonly repair: boolean;
  /** A side that shall own, or be what it was copied from. */
  readonly adopt: Side | undefined;
  /** Throws away what was written past the fence. */
  readonly discard: boolean;
  /** Of the switch's database, for the audit log; undefined where there is none. */
  readonly plansUrl: string | undefined;
  /** The sentence that a person would type. */
  readonly confirm: string | undefined;
}

/**
 * @returns whether nothing is left that somebody has to do something about.
 * @throws {SetupError} where what was asked for cannot be done, or was not confirmed.
 */
export async function runDoctor(replica: Replica, options: DoctorOptions): Promise<boolean> {
  const { capability } = replica;
  const { json, print } = options;
  const found = diagnose(await gatherFacts(replica));
  const done = await act(replica, found, options);
  const left = done.length === 0 ? found : diagnose(await gatherFacts(replica));
  if (json) print(JSON.stringify({ capability, found, done, left }));
  else for (const line of formatVisit(capability, found, done, left)) print(line);
  return left.length === 0;
}

async function act(
  replica: Replica,
  found: readonly Finding[],
  { repair, adopt: side, discard: discards, confirm, plansUrl, json, print }: DoctorOptions,
): Promise<readonly string[]> {
  const { capability } = replica;
  if (side !== undefined) {
    await demand(`adopt ${capability} at the ${side}`, confirm);
    return adopt(replica, side);
  }
  if (discards) {
    const decision = found.find((finding) => finding.decision?.kind === 'discard')?.decision;
    if (decision === undefined)
      throw new SetupError(
        `nothing was written past a fence of ${capability}: there is nothing to throw away`,
      );
    await demand(`discard what the ${decision.side} has written`, confirm);
    return discard(replica, decision.side);
  }
  if (!repair) return [];
  const log = await openMoveLog(plansUrl, whoAmI());
  try {
    return await treat(replica, found, (step, durationMs, rows) =>
      log.note({ capability, step, durationMs, ...rows }),
    );
  } finally {
    const lost = await log.close();
    if (lost !== undefined && !json) print(`! ${lost}`);
  }
}

/** What cannot be taken back is typed, and not answered with y. @throws {SetupError} for anything else. */
async function demand(sentence: string, confirm: string | undefined): Promise<void> {
  if (confirm === sentence) return;
  if (confirm !== undefined || !process.stdin.isTTY)
    throw new SetupError(`this cannot be taken back. To confirm it: --confirm '${sentence}'`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const typed = await terminal.question(`This cannot be taken back. Type: ${sentence}\n> `);
    if (typed.trim() !== sentence) throw new SetupError('that was something else: nothing was done');
  } finally {
    terminal.close();
  }
}

function formatVisit(
  capability: string,
  found: readonly Finding[],
  done: readonly string[],
  left: readonly Finding[],
): readonly string[] {
  if (found.length === 0 && done.length === 0) return [`${capability}: nothing is wrong`];
  return [
    ...found.flatMap(({ state, found: words, advice }) => [`✗ ${state}: ${words}`, `    ${advice}`]),
    ...done.map((line) => `✓ ${line}`),
    ...(done.length === 0
      ? []
      : [left.length === 0 ? `${capability}: nothing is wrong any more` : `${capability}: this is left:`]),
    ...(done.length === 0
      ? []
      : left.flatMap(({ state, found: words, advice }) => [`✗ ${state}: ${words}`, `    ${advice}`])),
  ];
}
