import { once } from 'node:events';
import { connect } from 'node:net';
import { MAX_HEAD_BYTES } from './app.ts';
import { startGateway, startMonolith, type TestGateway } from './testing.ts';

/** The same in one long path, in one header, in as many as there can be, in what goes on a second time, in words of proxies. */
const SHAPES: Readonly<Record<string, (length: number) => string>> = {
  'a long path': (length) => `GET /${'x'.repeat(length)} HTTP/1.1\r\nhost: a\r\n`,
  'a long header': (length) => `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(length)}\r\n`,
  'many headers': (length) => `GET / HTTP/1.1\r\nhost: a\r\n${'a:b\r\n'.repeat(length / 2)}`,
  'a long host': (length) => `GET / HTTP/1.1\r\nhost: ${'h'.repeat(length)}\r\n`,
  'a long way here': (length) => `GET / HTTP/1.1\r\nhost: a\r\nx-forwarded-for: ${'1'.repeat(length)}\r\n`,
  'a long request id': (length) => `GET / HTTP/1.1\r\nhost: a\r\nx-request-id: ${'1'.repeat(length)}\r\n`,
};

/** Where it was refused as too long, or the status that came from elsewhere. */
async function answerOf({ port }: TestGateway, head: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  socket.write(`${head}connection: close\r\n\r\n`, 'latin1');
  await once(socket, 'close');
  const status = /^HTTP\/1.1 (\d+)/.exec(text)?.[1];
  return status === '431'
    ? `too long for the ${/^x-served-by: gateway/im.test(text) ? 'gateway' : 'monolith'}`
    : `${status}`;
}

test.each(Object.keys(SHAPES))(
  'a request with %s that is just short enough for the gateway is not too long for the monolith',
  async (shape) => {
    await using monolith = await startMonolith();
    await using gateway = await startGateway(monolith);
    const ask = (length: number) => answerOf(gateway, SHAPES[shape]?.(length) ?? '');
    let [taken, refused] = [0, MAX_HEAD_BYTES];
    expect(await ask(refused)).toBe('too long for the gateway');
    while (refused - taken > 1) {
      const length = Math.floor((taken + refused) / 2);
      const answer = await ask(length);
      expect(answer).not.toBe('too long for the monolith');
      if (answer === 'too long for the gateway') refused = length;
      else taken = length;
    }
    // Neither of them refused it at once. Of short headers, Node counts more than their text.
    expect(taken).toBeGreaterThan(shape === 'many headers' ? 1_000 : MAX_HEAD_BYTES - 600);
  },
);
