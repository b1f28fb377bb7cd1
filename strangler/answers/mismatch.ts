// A difference that is neither lag nor chance, as it is reported: with its kind and its fields, and no larger than it need be.
import { newId } from '#platform/ids.ts';
import type { Difference } from './compare.ts';
import { compareHttpAnswers, type HttpAnswer } from './http-answer.ts';
import { kindOf, type Kind } from './kind.ts';

export interface Mismatch {
  /** A UUID. */
  readonly id: string;
  readonly capability: string;
  readonly at: Date;
  /** The path with its query. */
  readonly request: { readonly method: string; readonly path: string };
  readonly kind: Kind;
  readonly differences: readonly ReportedDifference[];
  /** Of the monolith, which the service had reached. */
  readonly position: string;
}

export interface ReportedDifference {
  /** `body.price.amount`. */
  readonly at: string;
  /** As JSON; undefined where that side has nothing there. */
  readonly monolith: string | undefined;
  readonly service: string | undefined;
}

/** Of a report: a page that lacks its first record differs in every field of all others. */
const MAX_DIFFERENCES = 20;
/** In UTF-16 units. */
const MAX_VALUE = 500;
const MAX_PLACE = 400;
const MAX_PATH = 2_000;

export interface Found {
  readonly capability: string;
  readonly request: Mismatch['request'];
  readonly monolith: HttpAnswer;
  readonly service: HttpAnswer;
  readonly position: string;
}

export function mismatchOf({ capability, request, monolith, service, position }: Found): Mismatch {
  return {
    id: newId(),
    capability,
    at: new Date(),
    request: { method: request.method, path: cut(request.path, MAX_PATH) },
    kind: kindOf(monolith, service),
    differences: compareHttpAnswers(monolith, service).slice(0, MAX_DIFFERENCES).map(reported),
    position,
  };
}

const reported = ({ at, monolith, service }: Difference): ReportedDifference => ({
  at: cut(at, MAX_PLACE),
  monolith: asJson(monolith),
  service: asJson(service),
});

const asJson = (value: unknown): string | undefined =>
  value === undefined ? undefined : cut(JSON.stringify(value), MAX_VALUE);

const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`;
