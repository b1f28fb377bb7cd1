// After the last test: the run's databases go, and the server with them if it was ours.
import { rmSync } from 'node:fs';
import { escapeIdentifier } from 'pg';
import { ownerNames, withClient } from '../postgres/owners.ts';
import { takeTestServer } from './test-server.ts';

// eslint-disable-next-line no-restricted-syntax -- jest takes the default export
export default async function globalTeardown(): Promise<void> {
  const run = takeTestServer();
  if (run === undefined) return;
  if (!run.server.embedded) {
    await withClient(run.server.adminUrl, async (admin) => {
      for (const owner of run.owners) {
        const names = ownerNames(run.prefix, owner);
        await admin.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(names.database)} WITH (FORCE)`);
        for (const role of [names.appRole, names.ownerRole])
          await admin.query(`DROP ROLE IF EXISTS ${escapeIdentifier(role)}`);
      }
    });
  }
  await run.server.stop();
  rmSync(run.folder, { recursive: true, force: true });
}
