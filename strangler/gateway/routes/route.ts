// What the gateway knows of a request before it looks into it: whose it is, and whether it changes anything.

/** Whose idempotency key a write carries when it goes on: without one, a write that got no answer may not be repeated. */
export type Key =
  /** The caller's, or one that the gateway makes. */
  | 'made'
  /** The caller's own; the shop refuses those without, and shall go on doing so. */
  | 'demanded'
  /** None: the contract has no key here. */
  | 'none';

export interface Route {
  readonly access: 'read' | 'write';
  readonly method: string;
  /** As in the contract: `/products/:id`. */
  readonly path: string;
  readonly key: Key;
}

export interface CapabilityRoutes {
  readonly capability: string;
  readonly routes: readonly Route[];
}

/** @param line `GET /products/:id`; HEAD is a GET. */
export const read = (line: string): Route => route(line, 'read', 'none');

export const write = (line: string, key: Key = 'made'): Route => route(line, 'write', key);

function route(line: string, access: Route['access'], key: Key): Route {
  const [method = '', path = ''] = line.split(' ');
  return { access, method, path, key };
}
