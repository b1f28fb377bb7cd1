// Requests made from an operation's description: proper ones, and ones that a broken or hostile client might send.
import fc, { type Arbitrary } from 'fast-check';
import type { OpenApi, Operation, Parameter } from './document.ts';
import { valueOf, type Hints, type Recipe } from './values.ts';

export const SENDERS = ['nobody', 'customer', 'admin', 'forger'] as const;
export type Sender = (typeof SENDERS)[number];

export interface FuzzRequest {
  readonly sender: Sender;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Of five requests two are as they should be. */
export function requestsFor(document: OpenApi, operation: Operation, hints: Hints): Arbitrary<FuzzRequest> {
  const make = (sloppy: boolean) => requestFor(operation, { document, hints, sloppy });
  return fc.oneof({ weight: 2, arbitrary: make(false) }, { weight: 3, arbitrary: make(true) });
}

function requestFor(operation: Operation, recipe: Recipe): Arbitrary<FuzzRequest> {
  const { sloppy } = recipe;
  const mayAll: readonly Sender[] = '403' in operation.responses ? ['admin'] : ['customer', 'admin'];
  const senders = sloppy ? SENDERS : mayAll;
  return fc.record({
    sender: fc.constantFrom<Sender>(...senders),
    path: fc
      .tuple(pathOf(operation, recipe), queryOf(operation, recipe))
      .map(([path, query]) => (query === '' ? path : `${path}?${query}`)),
    headers: fc
      .tuple(headersOf(operation, recipe), typeOf(operation, sloppy), sloppy ? ODD_HEADERS : fc.constant({}))
      .map((parts) => Object.assign({}, ...parts) as Record<string, string>),
    body: bodyOf(operation, recipe),
  });
}

const parametersIn = (place: Parameter['in'], { parameters }: Operation) =>
  parameters.filter((parameter) => parameter.in === place);

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function pathOf(operation: Operation, recipe: Recipe): Arbitrary<string> {
  const segments = operation.path.split('/').map((segment) => {
    const parameter = parametersIn('path', operation).find(({ name }) => segment === `{${name}}`);
    if (parameter === undefined) return fc.constant(segment);
    const proper = valueOf(parameter.schema, recipe, parameter.name).map((value) =>
      encodeURIComponent(asText(value).toWellFormed()),
    );
    const broken = fc.constantFrom('%E0%A4%A', '%', '%00', '-', '%2e%2e', '0'.repeat(3_000));
    // An empty segment, or dots, would be another operation's path.
    const made = recipe.sloppy ? fc.oneof({ weight: 9, arbitrary: proper }, broken) : proper;
    return made.map((text) => (/^(\.|%2e){0,2}$/i.test(text) ? 'x' : text));
  });
  return fc.tuple(...segments).map((parts) => parts.join('/'));
}

function queryOf(operation: Operation, recipe: Recipe): Arbitrary<string> {
  const values = parametersIn('query', operation).map(({ name, schema }) =>
    fc.oneof(
      { weight: 2, arbitrary: fc.constant({ name, value: undefined }) },
      { weight: 1, arbitrary: valueOf(schema, recipe, name).map((value) => ({ name, value })) },
    ),
  );
  const asked = fc.tuple(...values).map((pairs) => pairs.filter(({ value }) => value !== undefined));
  const query = asked.map((pairs) =>
    new URLSearchParams(
      pairs.map(({ name, value }): [string, string] => [name, asText(value).toWellFormed()]),
    ).toString(),
  );
  if (!recipe.sloppy) return query;
  return fc.oneof(
    { weight: 9, arbitrary: query },
    query.map((text) => `${text}&${text}&q[]=1&pageSize[a]=2&%E0%A4=%`),
  );
}

/** What a header can carry at all; whatever else it should be is the shop's to say. */
const asHeader = (value: unknown) =>
  asText(value)
    .replace(/[^\x20-\x7e\xa0-\xff]/g, '?')
    .slice(0, 2_000);

function headersOf(operation: Operation, recipe: Recipe): Arbitrary<object> {
  const described = parametersIn('header', operation);
  const values = described.map(({ name, schema }) => valueOf(schema, recipe, name).map(asHeader));
  const needed = described.filter(({ required }) => required).map(({ name }) => name);
  return fc.record(Object.fromEntries(values.map((value, index) => [described[index]?.name ?? '', value])), {
    requiredKeys: recipe.sloppy ? [] : needed,
    noNullPrototype: true,
  });
}

const ODD_TYPES = [
  'text/plain',
  'application/json; charset=latin1',
  'application/json;',
  'image/png',
  'x',
  '*/*',
];

function typeOf({ body }: Operation, sloppy: boolean): Arbitrary<object> {
  const json = fc.constant({ 'content-type': 'application/json' });
  if (!sloppy) return body === undefined ? fc.constant({}) : json;
  const odd = fc.constantFrom(...ODD_TYPES).map((type) => ({ 'content-type': type }));
  return fc.oneof({ weight: 8, arbitrary: json }, { weight: 1, arbitrary: odd }, fc.constant({}));
}

const ODD_HEADERS: Arbitrary<object> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constant({ 'x-filler': 'x'.repeat(30_000) }) },
  fc.constantFrom<object>(
    { accept: 'application/xml' },
    { 'accept-language': 'tlh' },
    { 'x-request-id': '"><script>' },
    { 'content-encoding': 'gzip' },
    { 'content-encoding': 'zip' },
    { 'if-none-match': '*', 'cache-control': 'max-age=0', pragma: '' },
    { 'if-none-match': '"1"', 'cache-control': 'max-age=0', pragma: '' },
    { 'if-match': 'W/"x"' },
    { 'if-modified-since': 'yesterday' },
    { range: 'bytes=0-1' },
    { cookie: '__proto__=1; =; a' },
    { 'x-forwarded-for': '::1, nonsense' },
  ),
);

const BROKEN_BODIES = ['', '{', '[]', 'null', '"text"', '{"a":1}}', '\ufeff{}', '[', '{"a":1,"a":2}'];

function bodyOf({ method, body }: Operation, recipe: Recipe): Arbitrary<string | undefined> {
  if (method === 'GET') return fc.constant(undefined);
  const broken = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...BROKEN_BODIES) },
    fc.constant(JSON.stringify({ name: 'x'.repeat(70_000) })),
  );
  if (body === undefined) {
    const none = fc.constant(undefined);
    return recipe.sloppy ? fc.oneof({ weight: 5, arbitrary: none }, broken) : none;
  }
  const proper = valueOf(body, recipe).map((value) => JSON.stringify(value));
  return recipe.sloppy ? fc.oneof({ weight: 9, arbitrary: proper }, broken) : proper;
}
