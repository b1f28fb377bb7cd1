// What an act works with: the shop, its commands, and what customers are told meanwhile; and what it leaves behind.
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError } from '#platform/setup-error.ts';
import type { Told } from './told.ts';

/** A whole shop, as a person at a terminal has it. */
export interface TourShop {
  readonly url: string;
  readonly paymentProvider: string;
  /** @returns what the command has printed. @throws {SetupError} one line, where it fails. */
  runSwitch(words: readonly string[], signal?: AbortSignal): Promise<string>;
  /** SIGKILL, to the catalog's service as it was started at first. */
  killService(): void;
}

export type SideName = 'monolith' | 'service';

/** The right to write has moved. Milliseconds. */
export interface SwitchSeen {
  readonly target: SideName;
  /** For how long nobody could write, as the command saw it. */
  readonly gapMs: number;
  /** The longest time between two acknowledged writes meanwhile. */
  readonly pauseMs: number;
}

export interface Stage {
  readonly shop: TourShop;
  readonly told: Told;
  readonly switches: readonly SwitchSeen[];
  /** How long nothing was acknowledged after the service was killed, in milliseconds. */
  killPauseMs: number;
  /** Rows, or answers, that were not the same on both sides. */
  differing: number;
  /** Shows what has come of the act. */
  tell(line: string): void;
  /** Shows the command, and runs it. @returns the object that it printed. @throws {SetupError} */
  command<Result>(...words: readonly string[]): Promise<Result>;
  /** Moves the right to write. @throws {SetupError} */
  move(target: SideName): Promise<void>;
  /** Lets everybody go on. @throws {SetupError} where the tour is interrupted. */
  watch(seconds?: number): Promise<void>;
}

export interface StageOptions {
  readonly shop: TourShop;
  readonly told: Told;
  /** Of an act that is only looked at. */
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly onCommand: (line: string) => void;
  readonly onLine: (line: string) => void;
}

/** After a switch: the first writes at the new owner. */
const AFTER_MS = 500;

export function openStage({ shop, told, seconds, signal, onCommand, onLine }: StageOptions): Stage {
  const switches: SwitchSeen[] = [];
  const refuseInterrupted = () => {
    if (signal.aborted) throw new SetupError('interrupted: the shop of the tour is gone');
  };

  const stage: Stage = {
    ...{ shop, told, switches, killPauseMs: 0, differing: 0 },
    tell: onLine,
    async command<Result>(...words: readonly string[]) {
      refuseInterrupted();
      onCommand(`npm run switch -- ${words.join(' ')}`);
      try {
        return JSON.parse(await shop.runSwitch([...words, '--json'], signal)) as Result;
      } catch (error) {
        refuseInterrupted();
        throw error;
      }
    },
    async move(target) {
      const begun = performance.now();
      const { gapMs } = await stage.command<{ gapMs: number }>('writes', 'catalog', target);
      await sleep(AFTER_MS);
      const pauseMs = told.longestPause(begun, performance.now());
      switches.push({ target, gapMs, pauseMs });
      onLine(
        `nobody could write for ${gapMs.toFixed(1)} ms; between two answered writes lay ${pauseMs.toFixed(0)} ms at most`,
      );
    },
    async watch(time = seconds) {
      await sleep(time * 1_000, undefined, { signal }).catch(() => undefined);
      refuseInterrupted();
    },
  };
  return stage;
}
