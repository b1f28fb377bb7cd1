// The contracts as pages that a person can read, made of what the .proto files say: one Markdown page per package.
import { createFileRegistry, fromBinary, type DescFile } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema, MethodOptions_IdempotencyLevel } from '@bufbuild/protobuf/wkt';
import { rulesOf, rulesOfMessage } from './contract-rules.ts';

/** Other people's contracts have pages of their own, and those of tests need none. */
const OURS = /^shop\.(?!testing\.)/;

/**
 * @param descriptors a google.protobuf.FileDescriptorSet with comments, as `buf build` makes it.
 * @returns the pages by file name: `shop.catalog.v1.md`.
 */
export function contractPages(descriptors: Uint8Array): ReadonlyMap<string, string> {
  const files = [...createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptors)).files].filter(
    (file) => OURS.test(packageOf(file)),
  );
  const packages = [...new Set(files.map(packageOf))].sort();
  return new Map(
    packages.map((name) => [
      pageOf(name),
      page(
        name,
        files.filter((file) => packageOf(file) === name),
      ),
    ]),
  );
}

const packageOf = (file: DescFile): string => file.proto.package;
const pageOf = (packageName: string): string => `${packageName}.md`;

function page(packageName: string, files: readonly DescFile[]): string {
  const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const sources = sorted.map(({ name }) => `[${name}.proto](../../protos/${name}.proto)`).join(', ');
  return [
    `# ${packageName}`,
    `<!-- Made by npm run docs:protos; edit the contract instead. -->`,
    ...sorted.map((file) => comment(file, [SYNTAX])),
    `From ${sources}.`,
    ...sorted.flatMap(services),
    ...sorted.flatMap(messages),
    ...sorted.flatMap(enums),
  ]
    .join('\n\n')
    .concat('\n');
}

/** Numbers of fields in descriptor.proto, of which the places of comments are made. */
const SYNTAX = 12;
const MESSAGE = 4;
const ENUM = 5;
const SERVICE = 6;
const MEMBER = 2;

const services = (file: DescFile): readonly string[] =>
  file.services.flatMap((service, at) => [
    `## ${service.name}`,
    comment(file, [SERVICE, at]),
    ...service.methods.flatMap((method, index) => {
      const stream = method.methodKind === 'server_streaming' ? 'stream of ' : '';
      const repeatable = method.idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS;
      return [
        `### ${method.name}`,
        `${link(method.input, file)} → ${stream}${link(method.output, file)}${repeatable ? ' · free of side effects' : ''}`,
        comment(file, [SERVICE, at, MEMBER, index]),
      ];
    }),
  ]);

const messages = (file: DescFile): readonly string[] =>
  file.messages.flatMap((message, at) => {
    const rows = message.fields.map((field, index) => {
      const rules = rulesOf(field).map(cell).join('; ');
      return `| \`${field.name}\` | ${typeOf(field, file)} | ${rules} | ${cell(comment(file, [MESSAGE, at, MEMBER, index]))} |`;
    });
    return [
      `## ${message.name}`,
      comment(file, [MESSAGE, at]),
      ...rulesOfMessage(message).map((rule) => `Rule: ${rule}.`),
      ...(rows.length === 0
        ? []
        : [['| field | type | rules | meaning |', '|---|---|---|---|', ...rows].join('\n')]),
    ];
  });

const enums = (file: DescFile): readonly string[] =>
  file.enums.flatMap((each, at) => [
    `## ${each.name}`,
    comment(file, [ENUM, at]),
    [
      '| value | number | meaning |',
      '|---|---|---|',
      ...each.values.map(
        ({ name, number }, index) =>
          `| \`${name}\` | ${number} | ${cell(comment(file, [ENUM, at, MEMBER, index]))} |`,
      ),
    ].join('\n'),
  ]);

type Named = { readonly name: string; readonly typeName: string; readonly file: DescFile };

function typeOf(field: DescFile['messages'][number]['fields'][number], from: DescFile): string {
  const { proto } = field;
  const named = field.message ?? field.enum;
  const type = named === undefined ? (SCALARS[proto.type] ?? 'map') : link(named, from);
  if (field.fieldKind === 'list') return `list of ${type}`;
  return proto.proto3Optional ? `${type}, optional` : type;
}

/** By number, as in google.protobuf.FieldDescriptorProto.Type; those that the contracts use. */
const SCALARS: Readonly<Record<number, string>> = {
  3: 'int64',
  5: 'int32',
  8: 'bool',
  9: 'string',
  12: 'bytes',
};

function link({ name, typeName, file }: Named, from: DescFile): string {
  if (!OURS.test(packageOf(file))) return `\`${typeName}\``;
  const target = packageOf(file) === packageOf(from) ? '' : pageOf(packageOf(file));
  return `[${name}](${target}#${name.toLowerCase()})`;
}

/** What is missing is buf's to complain about. */
function comment({ proto }: DescFile, path: readonly number[]): string {
  const place = proto.sourceCodeInfo?.location.find((each) => String(each.path) === String(path));
  // In front of `syntax` stands what is about the file, set off by an empty line or not.
  const text = place?.leadingComments || place?.leadingDetachedComments.join('\n') || '';
  return text.trim().replaceAll(/^ /gm, '');
}

const cell = (text: string): string => text.replaceAll('\n', ' ').replaceAll('|', '\\|');
