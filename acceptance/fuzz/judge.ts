// Judges an answer by the document: is its status listed, is its body of the described shape, does it tell secrets?
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { OpenApi, Operation } from './document.ts';

export interface Judged {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export type Judge = (operation: Operation, answer: Judged) => readonly string[];

/** Frames of a stack, paths of source files: what an answer to a stranger must not contain. */
const INSIDES =
  /\\n\s+at |\bat (Object|Module)\.|node:internal|node_modules|\.[jt]s:\d+|file:\/\/|Prisma|SELECT .+ FROM/;

/** @returns a function that compiles each schema once, and strictly: a keyword it does not know is an error. */
export function createJudge(document: OpenApi): Judge {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  addFormats.default(ajv);
  ajv.addVocabulary(['components', 'example']);
  const compiled = new Map<object, ValidateFunction>();

  function validatorOf(schema: object): ValidateFunction {
    // References point into the document's components, so every schema takes them along.
    const validate = compiled.get(schema) ?? ajv.compile({ ...schema, components: document.components });
    compiled.set(schema, validate);
    return validate;
  }

  function judgeBody(operation: Operation, { status, headers, text }: Judged): readonly string[] {
    const content = operation.responses[status]?.content;
    if (content === undefined) return text === '' ? [] : [`${status} has a body, and should have none`];
    const type = headers.get('content-type')?.split(';')[0] ?? 'none';
    const schema = content[type]?.schema;
    if (schema === undefined) return [`${status} is of the type ${type}, which is not listed`];
    const validate = validatorOf(schema);
    if (validate(JSON.parse(text))) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `body${instancePath} ${message}`);
  }

  return (operation, answer) => [
    ...(answer.status >= 500 ? [`${answer.status}`] : []),
    ...(String(answer.status) in operation.responses
      ? judgeBody(operation, answer)
      : [`the status ${answer.status} is not listed`]),
    ...(INSIDES.test(answer.text) ? ['it shows its insides'] : []),
    ...['x-served-by', 'x-request-id']
      .filter((name) => !answer.headers.has(name))
      .map((name) => `no ${name}`),
  ];
}
