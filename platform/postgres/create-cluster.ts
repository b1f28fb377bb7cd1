// Makes a new, empty PostgreSQL cluster with initdb.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Binaries, Identity } from './binaries.ts';

/** In a folder beside it and by rename, so that a kill half-way leaves no half cluster, nor do two at once. */
export function createCluster(
  binaries: Binaries,
  identity: Identity,
  options: { readonly folder: string; readonly password: string; readonly disposable?: boolean },
  data: string,
): void {
  const draft = `${data}.${process.pid}.new`;
  mkdirSync(draft, { mode: 0o700 });
  const passwordFile = join(options.folder, `.initdb.${process.pid}`);
  try {
    writeFileSync(passwordFile, options.password, { mode: 0o600 });
    if (identity.uid !== undefined && identity.gid !== undefined) {
      // The other user must be able to pass through the folder to what is its own; reading is not needed.
      chmodSync(options.folder, statSync(options.folder).mode | 0o011);
      chownSync(draft, identity.uid, identity.gid);
      chownSync(passwordFile, identity.uid, identity.gid);
    }
    const flags = [
      '--username=postgres',
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-instructions',
    ];
    execFileSync(
      binaries.initdb,
      [
        `--pgdata=${draft}`,
        `--pwfile=${passwordFile}`,
        ...flags,
        ...(options.disposable ? ['--no-sync'] : []),
      ],
      { ...identity, stdio: 'pipe' },
    );
    if (!existsSync(data)) renameSync(draft, data);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(draft, { recursive: true, force: true });
  }
}
