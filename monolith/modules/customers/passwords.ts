// Passwords by scrypt, with the parameters kept in each hash so that they can be raised later.
import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

const KEY_BYTES = 32;
const SALT_BYTES = 16;
const BLOCK_SIZE = 8;
const PARALLELISM = 5;

/** log2 of scrypt's N. With r=8 and p=5 it is one of the settings that OWASP recommends. */
export const DEFAULT_COST = 14;

export interface Passwords {
  /** @returns `scrypt$cost$salt$key`. */
  hash(password: string): Promise<string>;
  /** False for a wrong password and, after as long a time, for no hash at all. */
  verify(password: string, hash: string | undefined): Promise<boolean>;
}

/** @param cost lower in tests only. */
export function createPasswords(cost: number = DEFAULT_COST): Passwords {
  const nobody = format(cost, randomBytes(SALT_BYTES), randomBytes(KEY_BYTES));

  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES);
      return format(cost, salt, await key(password, salt, cost));
    },

    async verify(password, hash = nobody) {
      const [, storedCost, salt = '', expected = ''] = hash.split('$');
      const actual = await key(password, Buffer.from(salt, 'base64url'), Number(storedCost));
      return timingSafeEqual(actual, Buffer.from(expected, 'base64url'));
    },
  };
}

function key(password: string, salt: Buffer, cost: number): Promise<Buffer> {
  const N = 2 ** cost;
  return derive(password.normalize(), salt, KEY_BYTES, {
    N,
    r: BLOCK_SIZE,
    p: PARALLELISM,
    maxmem: 256 * N * BLOCK_SIZE,
  });
}

const format = (cost: number, salt: Buffer, key: Buffer) =>
  ['scrypt', cost, salt.toString('base64url'), key.toString('base64url')].join('$');
