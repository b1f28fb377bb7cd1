// Which databases a capability's tables lie in, on the server of the running shop.
import { databaseUrl, ownerNames } from '#platform/postgres/owners.ts';
import { SetupError } from '#platform/setup-error.ts';
import { CAPABILITIES, type Capability } from '../capabilities.ts';
import type { Replica } from '../ownership/replica.ts';

/** @throws {SetupError} for a capability that there is not. */
export function findCapability(capability: string): Capability {
  const found = CAPABILITIES[capability];
  if (found === undefined)
    throw new SetupError(`there is no capability ${capability}: ${Object.keys(CAPABILITIES).join(', ')}`);
  return found;
}

/** @throws {SetupError} for a capability that there is not. */
export function findReplica(capability: string, serverUrl: string, prefix: string): Replica {
  const { schema, owners } = findCapability(capability);
  const url = (owner: string) => databaseUrl(serverUrl, ownerNames(prefix, owner).database);
  return { capability, schema, urls: { monolith: url(owners.monolith), service: url(owners.service) } };
}

/** @param capability one of them; without it, all. */
export const findReplicas = (
  capability: string | undefined,
  serverUrl: string,
  prefix: string,
): readonly Replica[] =>
  (capability === undefined ? Object.keys(CAPABILITIES) : [capability]).map((name) =>
    findReplica(name, serverUrl, prefix),
  );
