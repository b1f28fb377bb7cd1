// Tells whoever asks for it how far the database is that an answer came from: `x-want-position: catalog` in a request
// brings `x-position: catalog=<position>` in its answer, whatever the answer is. A position is taken when the work is
// done and before the headers go out, so it includes all that the answer tells of, and the write that it confirms.
import type { RequestHandler, Response } from 'express';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Positions } from '../position.ts';

export const WANT_POSITION_HEADER = 'x-want-position';
export const POSITION_HEADER = 'x-position';

/** An answer is worth more than its position: it is not kept for longer. */
const DEADLINE_MS = 250;

/** @param schemas by capability: where the tables lie of which a position can be told. */
export function answerPositions(
  positions: Positions,
  schemas: Readonly<Record<string, string>>,
): RequestHandler {
  /** Without those that cannot be told. */
  async function tell(capabilities: readonly string[]): Promise<readonly string[]> {
    const told = capabilities.map(async (capability) => {
      const position = await positions.now(schemas[capability] as string).catch(() => undefined);
      return position === undefined ? [] : [`${capability}=${position}`];
    });
    return (await Promise.all(told)).flat();
  }

  return (request, response, next) => {
    const wanted = request.get(WANT_POSITION_HEADER);
    if (wanted === undefined) return next();
    const asked = new Set(wanted.split(',').map((name) => name.trim()));
    const capabilities = Object.keys(schemas).filter((name) => asked.has(name));
    if (capabilities.length > 0)
      holdBack(response, async () => {
        const told = await Promise.race([tell(capabilities), sleep(DEADLINE_MS, [], { ref: false })]);
        if (told.length > 0) response.setHeader(POSITION_HEADER, told.join(','));
      });
    next();
  };
}

const SENDING = ['writeHead', 'flushHeaders', 'write', 'end'] as const;

/** The first attempt to send anything, and what follows it, waits until the headers are complete. */
function holdBack(response: Response, complete: () => Promise<void>): void {
  const held: (() => void)[] = [];
  let state: 'open' | 'holding' | 'released' = 'open';

  async function release(): Promise<void> {
    await complete();
    state = 'released';
    for (const send of held) send();
    // Whoever was told to wait before writing more.
    response.emit('drain');
  }
  for (const name of SENDING) {
    const send = response[name].bind(response) as (...words: unknown[]) => unknown;
    const sendLater = (...words: unknown[]): unknown => {
      if (state === 'released') return send(...words);
      held.push(() => void send(...words));
      if (state === 'open') void release().catch((error: Error) => response.destroy(error));
      state = 'holding';
      return name === 'write' ? false : response;
    };
    Object.assign(response, { [name]: sendLater });
  }
}
