// Writers that send each write to whoever owns, as the gateway will: refused, they turn to the other side.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Side } from './replica.ts';
import { sqlState } from './side-database.ts';
import type { Writers } from './testing-writers.ts';

export interface Traffic {
  /** The numbers of the notes whose commit was answered. */
  readonly acknowledged: () => readonly number[];
  readonly refused: () => number;
  readonly failures: () => readonly unknown[];
  readonly stop: () => Promise<void>;
}

/** Each writes notes numbered from 1,000 on, no number twice, each until it is acknowledged. */
export async function startTraffic(writers: Writers, count: number): Promise<Traffic> {
  const acknowledged: number[] = [];
  const failures: unknown[] = [];
  let [next, refused, stopped] = [1_000, 0, false];

  async function write(): Promise<void> {
    const clients = {
      monolith: await writers.connect('monolith'),
      service: await writers.connect('service'),
    };
    let side: Side = 'monolith';
    while (!stopped) {
      const number = next++;
      for (let done = false; !done;) {
        try {
          await clients[side].query(
            'BEGIN; UPDATE catalog.products SET price = price + 1 WHERE name = $$Kettle 1$$',
          );
          await clients[side].query('INSERT INTO catalog.notes VALUES ($1, $2)', [number, side]);
          await clients[side].query('COMMIT');
          acknowledged.push(number);
          done = true;
        } catch (error) {
          await clients[side].query('ROLLBACK');
          if (sqlState(error) !== 'SH001') {
            failures.push(error);
            done = true;
          } else {
            refused += 1;
            side = side === 'monolith' ? 'service' : 'monolith';
            await sleep(5);
          }
        }
      }
    }
  }
  const running = Promise.all(Array.from({ length: count }, write));
  return {
    acknowledged: () => acknowledged,
    refused: () => refused,
    failures: () => failures,
    async stop() {
      stopped = true;
      await running;
    },
  };
}
