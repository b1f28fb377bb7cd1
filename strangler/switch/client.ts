// How the commands reach the switch, and what they say in one line where it does not run or refuses.
import { userInfo } from 'node:os';
import { pino } from 'pino';
import { SwitchServiceService } from '../../generated/protos/shop/strangler/v1/strangler.ts';
import { readConfig } from '#platform/config.ts';
import { ShopError } from '#platform/errors.ts';
import { connectGrpc, type GrpcClient } from '#platform/grpc/client.ts';
import { SetupError } from '#platform/setup-error.ts';
import { addressSettings } from './config.ts';

export type SwitchClient = GrpcClient<typeof SwitchServiceService>;

/** Above what a change takes that waits for another, and looks at two databases which do not answer. */
const DEADLINE_MS = 20_000;

export class SwitchGone extends SetupError {}

/** @throws {SetupError} one line: SwitchGone where it does not answer, else what it refuses and why. */
export async function withSwitch<T>(use: (client: SwitchClient) => Promise<T>): Promise<T> {
  const { host, port } = readConfig(addressSettings);
  const address = `${host}:${port}`;
  const client = connectGrpc(SwitchServiceService, {
    addresses: [address],
    defaultDeadlineMs: DEADLINE_MS,
    log: pino({ level: 'silent' }),
  });
  try {
    return await use(client);
  } catch (error) {
    if (!(error instanceof ShopError)) throw error;
    throw explain(error, address);
  } finally {
    client.close();
  }
}

function explain(error: ShopError, address: string): SetupError {
  const { kind, code, message } = error;
  if (kind === 'internal')
    return new SetupError(`the switch at ${address} failed: ${message}`, { cause: error });
  if (kind !== 'unavailable') return new SetupError(message, { cause: error });
  // It says so itself where only its database is away.
  const reason = code === 'unavailable' && error.details.retryAfter !== undefined ? message : undefined;
  return new SwitchGone(
    reason === undefined
      ? `the switch does not answer at ${address}: npm start runs it, and starts it again when it dies`
      : `the switch at ${address} cannot do this just now: ${reason}`,
    { cause: error },
  );
}

/** For the audit log. */
export function whoAmI(): string {
  try {
    return userInfo().username || 'unknown';
  } catch {
    // A container may run as a user that it does not know.
    return 'unknown';
  }
}
