// A way between two processes over TCP that can be cut, stalled or slowed, or that loses answers.
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface Way {
  readonly port: number;
  /** Ends all connections, and refuses new ones. */
  readonly cut: () => void;
  /** Carries nothing on, and tells nobody. */
  readonly stall: () => void;
  /** Carries everything on so many milliseconds later. */
  readonly delay: (ms: number) => void;
  /** Carries on what is asked; the caller's connection ends in place of the answer. */
  readonly dropAnswers: () => void;
  readonly heal: () => void;
  readonly close: () => Promise<void>;
}

type Mode = 'open' | 'cut' | 'stalled' | 'dropping';

/** How long what was asked may take to have its effect, when nobody hears of it any more. */
const AFTERMATH_MS = 500;
const LONGEST_QUEUE_BYTES = 4_000_000;

/** @param target the port on loopback that the way leads to; nobody need listen there yet. */
export async function openWay(target: number): Promise<Way> {
  let mode: Mode = 'open';
  let delayMs = 0;
  const pairs = new Set<readonly [Socket, Socket]>();

  const server = createServer({ noDelay: true }, (caller) => {
    caller.on('error', () => undefined);
    if (mode === 'cut') {
      caller.destroy();
      return;
    }
    const answerer = connect({ port: target, host: '127.0.0.1', noDelay: true });
    answerer.on('error', () => undefined);
    const pair = [caller, answerer] as const;
    pairs.add(pair);
    carry(caller, answerer, () => true);
    carry(answerer, caller, () => {
      if (mode !== 'dropping') return true;
      caller.destroy();
      setTimeout(() => answerer.destroy(), AFTERMATH_MS).unref();
      return false;
    });
    for (const socket of pair) {
      socket.on('close', () => {
        pairs.delete(pair);
        if (socket === answerer) caller.destroy();
        // What the caller has sent is carried on first.
        else if (mode !== 'dropping') answerer.end();
      });
    }
    if (mode === 'stalled') for (const socket of pair) socket.pause();
  });

  function carry(from: Socket, to: Socket, passes: () => boolean): void {
    const waiting: { readonly due: number; readonly chunk: Buffer }[] = [];
    const pass = (chunk: Buffer) => {
      if (to.destroyed || !passes()) return;
      if (!to.write(chunk) && to.writableLength > LONGEST_QUEUE_BYTES) {
        from.pause();
        to.once('drain', () => mode !== 'stalled' && from.resume());
      }
    };
    from.on('data', (chunk: Buffer) => {
      waiting.push({ due: performance.now() + delayMs, chunk });
      if (waiting.length === 1) passDue();
    });
    // In order, also where the delay has just become shorter: two timers would not keep it.
    function passDue(): void {
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        const early = next.due - performance.now();
        if (early > 0) {
          setTimeout(passDue, Math.ceil(early)).unref();
          return;
        }
        waiting.shift();
        pass(next.chunk);
      }
    }
  }

  const endAll = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  await listen(server);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    cut() {
      mode = 'cut';
      endAll();
    },
    stall() {
      mode = 'stalled';
      for (const pair of pairs) for (const socket of pair) socket.pause();
    },
    delay(ms) {
      delayMs = ms;
    },
    dropAnswers() {
      mode = 'dropping';
    },
    heal() {
      mode = 'open';
      delayMs = 0;
      for (const pair of pairs) for (const socket of pair) socket.resume();
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      endAll();
      await closed;
    },
  };
}

const listen = (server: Server) =>
  new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
