// What stands in front of the monolith and has the shop's address, if anything does: without it the monolith has that itself.
import { startChild, type Child } from '#platform/children.ts';
import { port, readConfig, setting } from '#platform/config.ts';
import type { RunningService } from './run-services.ts';
import { addressVariable, variableOf } from './services.ts';

export interface Front {
  readonly name: string;
  /** Its process is this folder's main.ts. */
  readonly folder: string;
  /** By default. */
  readonly port: number;
}

const fronts: Front[] = [];
fronts.push({ name: 'gateway', folder: 'strangler/gateway', port: 8080 }); // from stage-2

export const FRONT: Front | undefined = fronts[0];

/** The settings with secrets that it needs, and no others: it is the process that everybody can reach. */
const secretsOfFront: string[] = [];
secretsOfFront.push('SHOP_JWT_SECRET'); // from stage-4

/** @returns undefined where nothing stands in front. @throws {SetupError} where a variable does not hold a port. */
export function readFrontPort(): number | undefined {
  if (FRONT === undefined) return undefined;
  return readConfig({ port: setting(variableOf(FRONT.name, 'PORT'), port(FRONT.port)) }).port;
}

export interface FrontOptions {
  readonly front: Front;
  readonly port: number;
  readonly monolithUrl: string;
  /** The front is told where they are. */
  readonly services: readonly RunningService[];
  /** For a whole request; undefined leaves it to the front. */
  readonly deadlineMs: number | undefined;
  readonly settings: Readonly<Record<string, string>>;
  /** All of the shop's, by their settings. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** @throws {SetupError} where it does not start. */
export const startFront = ({
  front,
  port,
  monolithUrl,
  services,
  deadlineMs,
  settings,
  secrets,
}: FrontOptions): Promise<Child> =>
  startChild(front.name, `${front.folder}/main.ts`, {
    ...settings,
    ...Object.fromEntries(Object.entries(secrets).filter(([name]) => secretsOfFront.includes(name))),
    [variableOf(front.name, 'PORT')]: String(port),
    [variableOf(front.name, 'MONOLITH_URL')]: monolithUrl,
    ...Object.fromEntries(services.map(({ name, address }) => [addressVariable(front.name, name), address])),
    ...(deadlineMs !== undefined && { [variableOf(front.name, 'DEADLINE_MS')]: String(deadlineMs) }),
  });
