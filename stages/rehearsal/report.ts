// A rehearsal in words, and what would keep a team from doing the same to its own database.
import type { Rehearsal } from './rehearse.ts';

/** A request that waits for a lock waits at least as long as it is held: more than this is felt. */
const LONGEST_LOCK_MS = 100;

/** @returns what went wrong, one line each; none where nothing did. */
export function faultsOf(rehearsal: Rehearsal): readonly string[] {
  const { unexpected, missingRows, lostUnits, locks } = rehearsal;
  return [
    ...unexpected,
    missingRows > 0 && `${missingRows} rows are gone`,
    lostUnits > 0 && `${lostUnits} units of stock are neither sold nor there`,
    locks.samples === 0 && 'nobody looked at the locks',
    locks.longestHeldMs > LONGEST_LOCK_MS &&
      `a table was locked for ${Math.round(locks.longestHeldMs)} ms, at most ${LONGEST_LOCK_MS} are allowed`,
  ].filter((fault) => fault !== false);
}

export function formatRehearsal(rehearsal: Rehearsal): string {
  const { products, expandSeconds, contractSeconds, requests, bought, locks } = rehearsal;
  const rows: readonly (readonly [string, string])[] = [
    ['products', products.toLocaleString('en')],
    ['migrate -- apply', `${expandSeconds.toFixed(1)} s`],
    ['migrate -- apply --contract', `${contractSeconds.toFixed(1)} s`],
    ['requests meanwhile', requests.toLocaleString('en')],
    ['of these unexpected', String(rehearsal.unexpected.length)],
    ['purchases of one product', bought.toLocaleString('en')],
    ['rows that are gone', String(rehearsal.missingRows)],
    ['units that are gone', String(rehearsal.lostUnits)],
    [
      'longest lock on a table',
      `${Math.round(locks.longestHeldMs)} to ${Math.round(locks.longestHeldAtMostMs)} ms`,
    ],
    ['longest wait for one', `${Math.round(locks.longestWaitMs)} ms`],
  ];
  return rows.map(([what, value]) => `${what.padEnd(30)}${value.padStart(14)}`).join('\n');
}
