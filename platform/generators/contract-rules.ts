// The rules of validation that a contract states, in words.
import { getOption, hasOption, type DescField, type DescMessage } from '@bufbuild/protobuf';
import {
  field as fieldRules,
  message as messageRules,
  type FieldRules,
} from '@bufbuild/protovalidate/gen/buf/validate/validate_pb.js';

export function rulesOf(field: DescField): readonly string[] {
  return hasOption(field, fieldRules) ? inWords(getOption(field, fieldRules)) : [];
}

export function rulesOfMessage(message: DescMessage): readonly string[] {
  return hasOption(message, messageRules)
    ? getOption(message, messageRules).cel.map((rule) => rule.message)
    : [];
}

function inWords({ required, type, cel }: FieldRules): readonly string[] {
  return [...(required ? ['required'] : []), ...ofType(type), ...cel.map(({ message }) => message)];
}

/** @throws {Error} for a rule that has no words yet: a page that leaves it out would be wrong. */
function ofType(type: FieldRules['type']): readonly string[] {
  switch (type.case) {
    case undefined:
      return [];
    case 'string': {
      const { minLen, maxLen, pattern, wellKnown } = type.value;
      return [
        ...range(minLen, maxLen, 'characters'),
        ...(pattern === '' ? [] : [`matches \`${pattern}\``]),
        ...(wellKnown.case === undefined ? [] : [`a ${wellKnown.case.toUpperCase()}`]),
      ];
    }
    case 'int32':
    case 'int64': {
      const { greaterThan, lessThan } = type.value;
      return range(greaterThan.value, lessThan.value, '');
    }
    case 'enum':
      return type.value.definedOnly ? ['one of the values below'] : [];
    case 'repeated': {
      const { minItems, maxItems, unique, items } = type.value;
      return [
        ...range(minItems, maxItems, 'items'),
        ...(unique ? ['each once'] : []),
        ...(items === undefined ? [] : inWords(items).map((rule) => `each ${rule}`)),
      ];
    }
    default:
      throw new Error(`there are no words yet for rules of the type ${type.case}`);
  }
}

function range(
  min: bigint | number | undefined,
  max: bigint | number | undefined,
  unit: string,
): readonly string[] {
  const [from, to] = [min, max].map((bound) => (bound === undefined ? undefined : Number(bound)));
  const words = unit === '' ? '' : ` ${unit}`;
  if (from !== undefined && to !== undefined && (from !== 0 || to !== 0)) return [`${from} to ${to}${words}`];
  if (to) return [`at most ${to}${words}`];
  return from ? [`at least ${from}${words}`] : [];
}
