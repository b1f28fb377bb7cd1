// A write sent to the monolith by somebody who goes on at the owner by himself: where it does not own, it says so at once.
import { ShopError } from '#platform/errors.ts';
import type { Attempted, KnownOwner } from '#platform/held-writes.ts';
import type { Exchange } from '../exchange.ts';
import type { AnswerHeaders } from '../headers.ts';
import type { Beside, Forward } from '../proxy.ts';
import { ownerIn, type Owner } from './hint.ts';

export interface MonolithOutcome {
  /** As it told beside its answer. */
  readonly owner: Owner | undefined;
}

/** @returns once it has answered the caller. @throws what to tell the caller. */
export async function writeAtMonolith(
  toMonolith: Forward,
  exchange: Exchange,
  capability: string,
  { ask = [], tell }: Beside = {},
): Promise<Attempted<MonolithOutcome>> {
  let refused: KnownOwner | undefined;
  let owner: Owner | undefined;
  const hear = (answered: AnswerHeaders) =>
    (owner = ownerIn([answered['x-owner'] ?? []].flat().join(), capability));
  try {
    await toMonolith(exchange, {
      ask: [...ask, 'x-want-owner', capability],
      tell(answered) {
        hear(answered);
        return tell?.(answered) ?? {};
      },
      withhold: { status: 409, take: (body) => (refused = refusalOf(body)) !== undefined },
    });
    return refused === undefined ? { answer: { owner } } : { refused };
  } catch (error) {
    if (exchange.response.headersSent || exchange.signal.aborted || !isAway(error)) throw error;
    return { refused: {}, cause: error };
  }
}

/** Whether it may have been done; it is done once under its key. */
const isAway = (error: unknown): boolean => error instanceof ShopError && error.code === 'unavailable';

function refusalOf(body: Buffer): KnownOwner | undefined {
  try {
    const problem = JSON.parse(body.toString()) as Readonly<Record<string, unknown>>;
    if (problem['code'] !== 'not_the_owner') return undefined;
    const { owner, epoch, state } = problem;
    return {
      ...(typeof owner === 'string' && { owner }),
      ...(typeof epoch === 'number' && { epoch }),
      ...(typeof state === 'string' && { state }),
    };
  } catch {
    return undefined;
  }
}
