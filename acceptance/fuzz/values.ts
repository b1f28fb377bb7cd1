// Values made from a schema: proper ones, and ones that are nearly or not at all what it asks for.
import fc, { type Arbitrary } from 'fast-check';
import { resolve, type OpenApi, type Schema } from './document.ts';

/** Values that mean something in this shop (ids that exist, tokens that pay), by the name of the member. */
export type Hints = Readonly<Record<string, readonly unknown[]>>;

export interface Recipe {
  readonly document: Pick<OpenApi, 'components'>;
  readonly hints: Hints;
  /** Whether to break the schema's rules now and then. */
  readonly sloppy: boolean;
}

const JUNK: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, '', ' ', '0', [], {}, [[]], 'null', 'NaN', '%00', "';--"),
  fc.constantFrom<unknown>(0, -1, -0.5, 1e-7, 2 ** 31, 2 ** 53, 1e21, 1e308, '1e400', '9'.repeat(400)),
  fc.constantFrom(
    'a\0b',
    '\ud83e',
    '\u202eabc',
    '🫖'.repeat(99),
    'İ',
    '\ufeff',
    'x'.repeat(300),
    'x'.repeat(6_000),
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.jsonValue({ maxDepth: 2 }),
);

export function valueOf(schema: Schema, recipe: Recipe, name = ''): Arbitrary<unknown> {
  const resolved = resolve(recipe.document, schema);
  const hints = recipe.hints[name] ?? [];
  const made = byType(resolved, recipe);
  const proper =
    hints.length === 0 ? made : fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...hints) }, made);
  if (!recipe.sloppy) return proper;
  return fc.oneof(
    { weight: 8, arbitrary: proper },
    { weight: 1, arbitrary: atTheEdgeOf(resolved) },
    { weight: 1, arbitrary: JUNK },
  );
}

function byType(schema: Schema, recipe: Recipe): Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'object':
      return objectOf(schema, recipe);
    case 'array':
      return fc.array(valueOf(schema.items ?? {}, recipe), { maxLength: 5 });
    case 'integer':
    case 'number':
      return fc.integer({ min: schema.minimum ?? -(2 ** 31), max: schema.maximum ?? 2 ** 31 - 1 });
    case 'boolean':
      return fc.boolean();
    case 'string':
      return textOf(schema);
    default:
      return fc.jsonValue();
  }
}

function objectOf(schema: Schema, recipe: Recipe): Arbitrary<unknown> {
  const { properties = {}, required = [] } = schema;
  const members = Object.fromEntries(
    Object.entries(properties).map(([name, member]) => [name, valueOf(member, recipe, name)]),
  );
  const whole = fc.record(members, { requiredKeys: [...required], noNullPrototype: true });
  if (!recipe.sloppy) return whole;
  return fc.oneof(
    { weight: 8, arbitrary: whole },
    { weight: 1, arbitrary: fc.record(members, { requiredKeys: [], noNullPrototype: true }) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(whole, fc.jsonValue())
        .map(([value, extra]) => ({ ...value, extra, ['__proto__']: extra })),
    },
  );
}

function textOf({ format, pattern, minLength = 0, maxLength = 80 }: Schema): Arbitrary<string> {
  if (format === 'uuid') return fc.uuid();
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  if (format === 'email') return fc.emailAddress();
  return fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 80) });
}

/** The last value that is allowed, and the first that is not. */
function atTheEdgeOf({ minimum, maximum, minLength, maxLength, enum: values }: Schema): Arbitrary<unknown> {
  const numbers = [minimum, maximum].flatMap((limit) =>
    limit === undefined ? [] : [limit - 1, limit, limit + 1],
  );
  const lengths = [minLength, maxLength].flatMap((limit) =>
    limit === undefined ? [] : [Math.max(0, limit - 1), limit, limit + 1],
  );
  const edges = [
    ...numbers,
    ...lengths.map((length) => 'e'.repeat(length)),
    ...(values ?? []).map((value) => `${String(value)} `),
  ];
  return edges.length === 0 ? JUNK : fc.constantFrom<unknown>(...edges);
}
