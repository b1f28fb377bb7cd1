// Whoever moves ownership dies at any moment, or stands still while somebody else takes over, and then goes on.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { childEnvironment } from '#platform/config.ts';
import { abortMove } from '../../../strangler/ownership/move-ownership.ts';
import { otherSide, type Side } from '../../../strangler/ownership/replica.ts';
import type { Fault, Round } from '../fault.ts';
import { signal } from '../stopped-processes.ts';

const FAILPOINTS = [
  'move.begin',
  'move.checked',
  'move.drained',
  'move.confirmed',
  'move.granted',
  'move.activated',
] as const;
const STEPS = ['preflight', 'drain', 'confirm', 'grant'] as const;
const LONGEST_LIFE_MS = 15_000;

/** @param failpoint where it kills itself. @param stopAfter the step after which it stands still. */
function startMover({ ground }: Round, target: Side, failpoint = '', stopAfter = ''): ChildProcess {
  const words = [target, JSON.stringify(ground.replica), stopAfter];
  return fork(join(import.meta.dirname, '../mover.ts'), words, {
    env: childEnvironment({ SHOP_FAILPOINT: failpoint }),
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    detached: true,
  });
}

async function ended(mover: ChildProcess): Promise<void> {
  const timeout = setTimeout(() => mover.kill('SIGKILL'), LONGEST_LIFE_MS);
  if (mover.exitCode === null && mover.signalCode === null) await once(mover, 'exit');
  clearTimeout(timeout);
}

/** What is left of it goes on, or goes back, or is left for whoever comes next. */
async function takeOver({ ground, switches, dice, note }: Round, source: Side): Promise<void> {
  const choice = dice.below(3);
  if (choice === 0) await switches.tryMove(otherSide(source));
  if (choice === 1) {
    const aborted = await abortMove(ground.replica, source).catch((error: Error) => error.message);
    note(`abort at the ${source}: ${String(aborted)}`);
  }
}

export const coordinatorKilled: Fault = {
  name: 'coordinator-killed',
  async run(round) {
    const { switches, dice, note, pause } = round;
    const source = switches.owner();
    if (dice.chance(50)) {
      const failpoint = dice.pick(FAILPOINTS);
      note(`a coordinator that dies at ${failpoint}`);
      await ended(startMover(round, otherSide(source), failpoint));
    } else {
      const mover = startMover(round, otherSide(source));
      await once(mover, 'message');
      await pause(0, 400);
      note('SIGKILL to the coordinator');
      mover.kill('SIGKILL');
      await ended(mover);
    }
    await takeOver(round, source);
  },
};

export const coordinatorStopped: Fault = {
  name: 'coordinator-stopped',
  async run(round) {
    const { ground, switches, stopped, dice, note, pause } = round;
    const source = switches.owner();
    const step = dice.pick(STEPS);
    const mover = startMover(round, otherSide(source), '', step);
    const stands = new Promise<void>((resolve) =>
      mover.on('message', (text) => text === 'stopping' && resolve()),
    );
    // Where it is refused it ends, and stands nowhere.
    await Promise.race([stands, ended(mover)]);
    note(`the coordinator stands still after ${step}`);
    stopped.stop([mover.pid ?? 0]);
    try {
      // It holds the lock of coordinators; an abort goes past it.
      for (let tries = 0; tries < 3; tries += 1) {
        await pause(50, 500);
        const aborted = await abortMove(ground.replica, source).catch((error: Error) => error.message);
        note(`abort at the ${source}: ${String(aborted)}`);
      }
    } finally {
      stopped.continueAll();
      note('SIGCONT');
    }
    await Promise.race([ended(mover), sleep(5_000)]);
    if (mover.exitCode === null) signal(mover.pid ?? 0, 'SIGKILL');
    await ended(mover);
  },
};
