// Which route of which capability a request means. It reads paths as the shop does, or a write would meet the wrong owner.
import type { IncomingMessage } from 'node:http';
import type { CapabilityRoutes, Route } from './route.ts';

export interface Match extends Route {
  readonly capability: string;
}

/** @returns undefined for what no capability answers: pages, health, and what the shop does not know. */
export type Classify = (request: Pick<IncomingMessage, 'method' | 'url'>) => Match | undefined;

export function createClassifier(table: readonly CapabilityRoutes[]): Classify {
  const entries = table.flatMap(({ capability, routes }) =>
    routes.map((route) => ({ pattern: patternOf(route.path), match: { ...route, capability } })),
  );
  return ({ method, url = '' }) => {
    const path = pathOf(url);
    const asked = method === 'HEAD' ? 'GET' : method;
    return entries.find(({ match, pattern }) => match.method === asked && pattern.test(path))?.match;
  };
}

/** Without the query, and without the host that a client may name in front of it. */
export const pathOf = (url: string): string =>
  url.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');

/** Express tells neither `/Products` nor `/products/` from `/products`. */
const patternOf = (path: string) => new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}/?$`, 'i');
