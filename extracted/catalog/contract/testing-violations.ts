// For every rule that the contract states, read off its descriptor: a request that breaks it and keeps all the others.
import { getOption, hasOption, type DescField, type DescMessage } from '@bufbuild/protobuf';
import {
  field as fieldRules,
  message as messageRules,
  type FieldRules,
} from '@bufbuild/protovalidate/gen/buf/validate/validate_pb.js';
import { describeService } from '#platform/grpc/descriptors.ts';
import { newId } from '#platform/ids.ts';
import { draft, euros } from './testing-contract.ts';
import type { Rpc } from './testing-wire.ts';

export interface Violation {
  readonly rpc: Rpc;
  /** `max_len` of `product.name`. */
  readonly rule: string;
  /** As gRPC names it: `product.name`, `ids[0]`; empty for a rule of the whole request. */
  readonly field: string;
  readonly request: object;
  /** One that goes just as far as the rule allows. */
  readonly allowed?: object;
}

/** What breaks a rule, and where it has a bound, the value at that bound. */
interface Case {
  readonly rule: string;
  readonly value: unknown;
  readonly allowed?: unknown;
  /** Of an element. */
  readonly within?: string;
}

const valid: Readonly<Record<Rpc, () => object>> = {
  getProduct: () => ({ id: newId() }),
  batchGetProducts: () => ({ ids: [newId()] }),
  listProducts: () => ({}),
  searchProducts: () => ({ words: 'kettle' }),
  listCategories: () => ({}),
  createProduct: () => ({ product: draft() }),
  updateProduct: () => ({ id: newId(), product: { name: 'Pot' } }),
  archiveProduct: () => ({ id: newId() }),
};

const MESSAGE_RULES: Readonly<Record<string, object>> = {
  'update_product.something': { product: {} },
  'update_product.mask': { updateMask: ['name', 'sku'] },
};
const FIELD_RULES: Readonly<Record<string, unknown>> = {
  'price.amount': euros(0),
  'price.currency': { amount: 1n, currency: 'USD' },
};

export function violations(): readonly Violation[] {
  return describeService('shop.catalog.v1.CatalogService').methods.flatMap(({ localName, input }) => {
    const rpc = localName as Rpc;
    return [...ofMessage(rpc, input), ...ofFields(rpc, input, [])];
  });
}

function ofMessage(rpc: Rpc, message: DescMessage): readonly Violation[] {
  if (!hasOption(message, messageRules)) return [];
  return getOption(message, messageRules).cel.map(({ id }) => ({
    ...{ rpc, rule: id, field: '' },
    request: { ...valid[rpc](), ...known(MESSAGE_RULES, id) },
  }));
}

function ofFields(rpc: Rpc, message: DescMessage, path: readonly DescField[]): readonly Violation[] {
  return message.fields.flatMap((field) => {
    const here = [...path, field];
    const cases = hasOption(field, fieldRules) ? casesOf(getOption(field, fieldRules)) : [];
    const own = cases.map(({ rule, value, within = '', ...bound }) => ({
      ...{ rpc, rule, field: here.map(({ name }) => name).join('.') + within },
      request: withValue(valid[rpc](), here, value),
      ...('allowed' in bound && { allowed: withValue(valid[rpc](), here, bound.allowed) }),
    }));
    // Only messages of the catalog have rules inside; the standard ones and Money have none.
    const inner = field.fieldKind === 'message' ? ofFields(rpc, field.message, here) : [];
    return [...own, ...inner];
  });
}

function casesOf({ required, type, cel }: FieldRules): readonly Case[] {
  return [
    ...(required ? [{ rule: 'required', value: undefined }] : []),
    ...cel.map(({ id }) => ({ rule: id, value: known(FIELD_RULES, id) })),
    ...ofType(type),
  ];
}

function ofType(type: FieldRules['type']): readonly Case[] {
  switch (type.case) {
    case undefined:
      return [];
    case 'string': {
      const { minLen, maxLen, pattern, wellKnown } = type.value;
      // Of a kind that every pattern of the contract allows, by itself or where capitals are asked for.
      const letters = (count: number) => (pattern.includes('A-Z') ? 'A' : 'a').repeat(count);
      const [least, most] = [Number(minLen), Number(maxLen)];
      return [
        ...(least > 0 ? [{ rule: 'min_len', value: letters(least - 1), allowed: letters(least) }] : []),
        ...(most > 0 ? [{ rule: 'max_len', value: letters(most + 1), allowed: letters(most) }] : []),
        ...(pattern === '' ? [] : [' ', ' x', 'x\0'].map((value) => ({ rule: 'pattern', value }))),
        ...(wellKnown.case === 'uuid' ? [{ rule: 'uuid', value: 'not-a-uuid' }] : []),
      ];
    }
    case 'int32':
    case 'int64': {
      const { greaterThan, lessThan } = type.value;
      const step = (bound: bigint | number, by: 1 | -1) =>
        typeof bound === 'bigint' ? bound + BigInt(by) : bound + by;
      return [
        { rule: 'gte', value: step(greaterThan.value ?? 0, -1), allowed: greaterThan.value },
        { rule: 'lte', value: step(lessThan.value ?? 0, 1), allowed: lessThan.value },
      ];
    }
    case 'enum':
      return [{ rule: 'defined_only', value: 99 }];
    case 'repeated': {
      const most = Number(type.value.maxItems);
      const ids = Array.from({ length: most + 1 }, () => newId());
      const items = type.value.items === undefined ? [] : casesOf(type.value.items);
      return [
        { rule: 'min_items', value: [], allowed: ids.slice(0, 1) },
        { rule: 'max_items', value: ids, allowed: ids.slice(0, most) },
        { rule: 'unique', value: [ids[0], ids[1], ids[0]] },
        ...items.map(({ rule, value }) => ({ rule, value: [ids[0], value], within: '[1]' })),
      ];
    }
    default:
      throw new Error(`nothing here breaks rules of the type ${type.case}`);
  }
}

function known<T>(table: Readonly<Record<string, T>>, id: string): T {
  const found = table[id];
  if (found === undefined) throw new Error(`nothing here breaks the rule ${id}`);
  return found;
}

function withValue(request: object, [first, ...rest]: readonly DescField[], value: unknown): object {
  if (first === undefined) throw new Error('a path has a field');
  const name = first.localName;
  const inner = (request as Readonly<Record<string, object | undefined>>)[name] ?? {};
  return { ...request, [name]: rest.length === 0 ? value : withValue(inner, rest, value) };
}
