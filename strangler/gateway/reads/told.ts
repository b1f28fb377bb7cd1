// What sessions were told by this process lately. Of two answers that cross each other a browser keeps the cookie of the
// one that came last, which may be the one that has seen less.
import { latest, type Positions } from './positions.ts';

export interface Told {
  /** @returns what the cookie says, and no less than was told; without what cannot be compared with that. */
  recall(key: string, cookie: Positions): Positions;
  /** @returns all that the session has been told by now. */
  add(key: string, cookie: Positions, told: Positions): Positions;
}

interface Entry {
  readonly positions: Positions;
  readonly until: number;
}

export interface ToldOptions {
  /** Sessions; of more, those that were told something longest ago are forgotten. */
  readonly limit: number;
  /** As long as the cookie lives. */
  readonly lifetimeMs: number;
}

export function createTold({ limit, lifetimeMs }: ToldOptions): Told {
  /** The oldest first. */
  const entries = new Map<string, Entry>();

  function entryOf(key: string): Positions {
    const entry = entries.get(key);
    return entry !== undefined && entry.until > performance.now() ? entry.positions : {};
  }

  return {
    recall(key, cookie) {
      const told = entryOf(key);
      return Object.fromEntries(
        Object.entries(cookie).flatMap(([capability, position]) => {
          const before = told[capability];
          const known = before === undefined ? position : latest(before, position);
          return known === undefined ? [] : [[capability, known] as const];
        }),
      );
    },
    add(key, cookie, told) {
      const before: Positions = { ...cookie, ...entryOf(key) };
      const positions = Object.fromEntries(
        Object.entries(told).map(([capability, position]) => {
          const known = before[capability];
          return [
            capability,
            (known === undefined ? position : latest(known, position)) ?? position,
          ] as const;
        }),
      );
      const all = { ...entryOf(key), ...positions };
      entries.delete(key);
      entries.set(key, { positions: all, until: performance.now() + lifetimeMs });
      for (const [oldest] of entries) {
        if (entries.size <= limit) break;
        entries.delete(oldest);
      }
      return positions;
    },
  };
}
