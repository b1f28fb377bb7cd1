// When things happened: everything before one fixed date, so that a seed never depends on the day it is made.
import { v7 } from 'uuid';
import { scramble, type Dice } from './dice.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const YEAR = 365 * DAY;

/** The day on which the history ends, in milliseconds since 1970; what happens in the shop comes after it. */
export const BASE_DATE = Date.UTC(2026, 10, 1);
export const OPENING = BASE_DATE - 2 * YEAR;

/** `count` moments in order between two dates, one in each of as many equal stretches of time. */
export interface Timeline {
  /** @param fraction where in its stretch, from 0 to below 1. */
  at(index: number, fraction: number): number;
  /** How many of the moments have certainly passed. */
  passed(moment: number): number;
}

export function createTimeline(from: number, to: number, count: number): Timeline {
  const stretch = (to - from) / Math.max(1, count);
  return {
    // Not to the end of it, so that rounding never makes two moments one.
    at: (index, fraction) => Math.floor(from + (index + fraction * 0.9) * stretch),
    passed: (moment) => Math.min(count, Math.max(0, Math.floor((moment - from) / stretch))),
  };
}

const bytes = new Uint8Array(16);
const view = new DataView(bytes.buffer);

/**
 * A UUIDv7 of that moment.
 * @param serial below 2³², and different for each row of a table: what makes the id unique, whatever the dice say.
 */
export function idAt(moment: number, dice: Dice, serial: number): string {
  // uuid takes the first bytes from the clock, and the rest from here.
  view.setUint32(6, dice.word());
  view.setUint16(10, dice.word() & 0xffff);
  view.setUint32(12, scramble(~serial));
  return v7({ msecs: moment, random: bytes });
}
