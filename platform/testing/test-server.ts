// Hands the run's database server from the global setup to the global teardown, which jest runs in one process.
import type { Server } from '../postgres/server.ts';

export interface TestServer {
  readonly server: Server;
  readonly folder: string;
  readonly prefix: string;
  readonly owners: readonly string[];
}

const KEY = Symbol.for('shop.testServer');
const holder = globalThis as { [KEY]?: TestServer };

export const setTestServer = (server: TestServer): void => void (holder[KEY] = server);

export const takeTestServer = (): TestServer | undefined => holder[KEY];
