// An answer as a client of the public API sees it, held whole, and what differs between the answers of two sides.
import { compareAnswers, type Difference } from './compare.ts';

export interface HttpAnswer {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** What a client may act on. The others speak of the connection, of the process that answered, or to browsers. */
export const COMPARED_HEADERS = ['content-type', 'etag', 'cache-control', 'retry-after', 'location'] as const;

export interface IgnoredDifference {
  /** Where in the answer: `body.requestId`. */
  readonly at: RegExp;
  readonly why: string;
}

/**
 * Differences that are known, and no mistake of either side. No other is passed over: page tokens and ETags are made of the
 * same rows, both sides are asked under the same request id, and the order of a list is part of the contract.
 */
export const IGNORED: readonly IgnoredDifference[] = [
  {
    at: /^body\.violations\b/,
    why: 'of a request that is refused, each side names the places in its own contract (/query/pageSize, /page_size); users have it from the monolith, which the gateway asks where the service refuses',
  },
];

/** @returns one entry for each member that differs, `status`, `headers.etag`, `body.price.amount`; empty where none does. */
export function compareHttpAnswers(
  monolith: HttpAnswer,
  service: HttpAnswer,
  ignored: readonly IgnoredDifference[] = IGNORED,
): readonly Difference[] {
  const [left, right] = [factsOf(monolith), factsOf(service)];
  // Reading is dear, and answers that are the same text need not be read.
  const differences =
    monolith.body === service.body
      ? compareAnswers(left, right)
      : compareAnswers({ ...left, body: bodyOf(monolith) }, { ...right, body: bodyOf(service) });
  return differences.filter(({ at }) => !ignored.some((rule) => rule.at.test(at)));
}

/** What it says, read as JSON if it is some: the order of members and the spaces between them mean nothing. */
export function bodyOf({ headers, body }: HttpAnswer): unknown {
  if (!/\bjson\b/.test(String(headers['content-type']))) return body;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

const factsOf = ({ status, headers }: HttpAnswer) => ({
  status,
  headers: Object.fromEntries(COMPARED_HEADERS.map((name) => [name, headers[name]])),
});
