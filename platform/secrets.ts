// The secrets of one data folder, made by chance when the folder is: no default password ever guards a shop.
import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Secrets {
  /** Of the embedded server's superuser. */
  readonly postgresPassword: string;
  /** The app roles' passwords are derived from it. */
  readonly roleSecret: string;
  /** Signs the customers' tokens (HS256: 256 bits). */
  readonly jwtSecret: string;
}

/** Reads the folder's secrets, or makes them; of two processes that make them at once, both get the same. */
export function openSecrets(folder: string): Secrets {
  const file = join(folder, 'secrets.json');
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    const draft = `${file}.${process.pid}`;
    const random = () => randomBytes(32).toString('base64url');
    const secrets: Secrets = { postgresPassword: random(), roleSecret: random(), jwtSecret: random() };
    writeFileSync(draft, JSON.stringify(secrets, null, 2), { mode: 0o600 });
    try {
      linkSync(draft, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft);
    }
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Secrets;
}
