// Which databases a capability's tables lie in, on the server of the running shop, or on two.
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

/**
 * @param serviceServerUrl of the server with the services' databases, where it is another than the monolith's.
 * @throws {SetupError} for a capability that there is not.
 */
export function findReplica(
  capability: string,
  serverUrl: string,
  prefix: string,
  serviceServerUrl = serverUrl,
): Replica {
  const { schema, owners } = findCapability(capability);
  const url = (server: string, owner: string) => databaseUrl(server, ownerNames(prefix, owner).database);
  const urls = {
    monolith: url(serverUrl, owners.monolith),
    service: url(serviceServerUrl, owners.service),
  };
  return { capability, schema, urls };
}

/** @param capability one of them; without it, all. */
export const findReplicas = (
  capability: string | undefined,
  serverUrl: string,
  prefix: string,
  serviceServerUrl = serverUrl,
): readonly Replica[] =>
  (capability === undefined ? Object.keys(CAPABILITIES) : [capability]).map((name) =>
    findReplica(name, serverUrl, prefix, serviceServerUrl),
  );
