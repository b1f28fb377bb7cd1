// The one place that reads the environment: every setting is named, typed, defaulted and, if secret, masked.
import { z } from 'zod';
import { SetupError } from './setup-error.ts';

const SECRET = /secret|password|token|url$/i;

/** An environment variable: its name, how it is read, and (by the schema) its default. */
export interface Setting<T extends z.ZodType = z.ZodType> {
  readonly variable: string;
  readonly schema: T;
}

export function setting<T extends z.ZodType>(variable: string, schema: T): Setting<T> {
  return { variable, schema };
}

/** Numbers and flags arrive as text; these read them. */
export const number = (fallback: number) => z.coerce.number().int().nonnegative().default(fallback);
export const text = (fallback: string) => z.string().min(1).default(fallback);
export const oneOf = <const T extends readonly [string, ...string[]]>(values: T) => z.enum(values);

/**
 * A TCP port: the variable itself, else the default shifted by SHOP_PORT_OFFSET, so that two checkouts
 * can run side by side. 0 asks the operating system for a free one.
 */
export function port(fallback: number, environment: NodeJS.ProcessEnv = process.env) {
  const offset = z.coerce
    .number()
    .int()
    .min(0)
    .max(10_000)
    .catch(0)
    .parse(environment['SHOP_PORT_OFFSET'] ?? 0);
  return z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(fallback + offset);
}

/**
 * Reads a config literal from the environment.
 * @throws {SetupError} one line that names every variable that is missing or wrong.
 */
export function readConfig<S extends Record<string, Setting>>(
  settings: S,
  environment: NodeJS.ProcessEnv = process.env,
): { readonly [K in keyof S]: z.output<S[K]['schema']> } {
  const problems: string[] = [];
  const values = Object.entries(settings).map(([key, { variable, schema }]) => {
    const raw = environment[variable];
    const result = schema.safeParse(raw === '' ? undefined : raw);
    if (!result.success) {
      const reason = raw === undefined ? 'is not set' : (result.error.issues[0]?.message ?? 'is not valid');
      problems.push(`${variable} ${reason}`);
    }
    return [key, result.data];
  });
  if (problems.length > 0) throw new SetupError(problems.join('; '));
  return Object.fromEntries(values) as { [K in keyof S]: z.output<S[K]['schema']> };
}

/** The config as it may be logged: secrets are replaced, connection strings lose their password. */
export function maskSecrets(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, SECRET.test(key) ? mask(value) : value]),
  );
}

function mask(value: unknown): unknown {
  if (typeof value !== 'string') return value === undefined ? undefined : '***';
  return URL.canParse(value) ? value.replace(/\/\/([^:@/]*):[^@/]*@/, '//$1:***@') : '***';
}

/** The environment that a child process inherits, with some variables set on top. */
export function childEnvironment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...extra };
}

/** Sets variables for the processes that this one will start (jest's workers, say). */
export function publishToChildren(variables: Readonly<Record<string, string>>): void {
  Object.assign(process.env, variables);
}
