import { Metadata } from '@grpc/grpc-js';
import { runInCall, type CallContext } from '../call-context.ts';
import { ShopError } from '../errors.ts';
import { until } from '../testing/until.ts';
import { targetOf } from './channel.ts';
import type { HandlerContext } from './serve.ts';
import { openGround, type TestingClient } from './testing/ground.ts';

const ground = openGround();
afterAll(() => ground.close());

const ask = { text: 'x', numbers: [] };
const never = () => new Promise<never>(() => undefined);
const away = () => Promise.reject(new ShopError('unavailable', 'unavailable', 'Away.'));

describe('over two hops', () => {
  /** A client of a server that, to answer, calls another one, which keeps its callers waiting. */
  async function twoHops() {
    const outer: HandlerContext[] = [];
    const inner: HandlerContext[] = [];
    const behind = ground.connect([
      await ground.listen({
        read: (_request, context) => {
          inner.push(context);
          return never();
        },
      }),
    ]);
    const client = ground.connect([
      await ground.listen({
        write: async ({ text }, context) => {
          outer.push(context);
          return behind.read({ text, numbers: [] }, { deadlineMs: 600_000 });
        },
      }),
    ]);
    return { client, outer, inner };
  }

  test('a deadline is carried on, and ends the work on both', async () => {
    const { client, outer, inner } = await twoHops();
    // On a busy machine the time may be over before the call has arrived at both.
    await until(async () => {
      const answer = client.write({ text: 'x' }, { deadlineMs: 500 });
      await expect(answer).rejects.toMatchObject({ kind: 'unavailable', code: 'deadline_exceeded' });
      return inner.length > 0;
    });
    const [front, behind] = [outer.at(-1), inner.at(-1)];
    await until(() => front?.signal.aborted === true && behind?.signal.aborted === true);
    // A server notices its own clock, or that its caller has given up by its own: whichever comes first.
    for (const context of [front, behind])
      expect(context?.signal.reason).toMatchObject({ kind: 'unavailable' });
    // Ten minutes were asked for. Only the clock's resolution and the way between the hops remain.
    expect((behind?.deadline ?? 0) - (front?.deadline ?? 0)).toBeLessThan(60_000);
  });

  test('a caller who goes away ends the work on both', async () => {
    const { client, outer, inner } = await twoHops();
    const caller = new AbortController();
    const answer = client.write({ text: 'x' }, { signal: caller.signal });
    const refused = expect(answer).rejects.toMatchObject({ kind: 'unavailable', code: 'cancelled' });
    await until(() => inner.length === 1);
    caller.abort();
    await refused;
    await until(() => outer[0]?.signal.aborted === true && inner[0]?.signal.aborted === true);
    for (const context of [outer[0], inner[0]])
      expect(context?.signal.reason).toMatchObject({ code: 'cancelled' });
  });

  test('the request has the same id on both', async () => {
    const { client, outer, inner } = await twoHops();
    const caller = new AbortController();
    const context: CallContext = { requestId: 'request-7', deadline: Infinity, signal: caller.signal };
    const answer = runInCall(context, () => client.write({ text: 'x' })).catch(() => undefined);
    await until(() => inner.length > 0);
    caller.abort();
    await answer;
    expect([outer[0]?.requestId, inner[0]?.requestId]).toEqual(['request-7', 'request-7']);
  });
});

test('a call that names no deadline has one all the same', async () => {
  const client = ground.connect([await ground.listen({ write: never })], { defaultDeadlineMs: 100 });
  await expect(client.write({ text: 'x' })).rejects.toMatchObject({ code: 'deadline_exceeded' });
});

test('what may be repeated is, until a server that was away is back; what may not is not', async () => {
  const calls = { read: 0, write: 0 };
  const client = ground.connect([
    await ground.listen({
      read: async ({ text }) => ((calls.read += 1) <= 2 ? away() : { text }),
      write: async () => {
        calls.write += 1;
        return away();
      },
    }),
  ]);
  expect(await client.read(ask)).toEqual({ text: 'x' });
  await expect(client.write({ text: 'x' })).rejects.toMatchObject({ kind: 'unavailable' });
  expect(calls).toEqual({ read: 3, write: 1 });
});

test('a refusal is not repeated, whatever the call', async () => {
  let calls = 0;
  const client = ground.connect([
    await ground.listen({
      read: () => {
        calls += 1;
        return Promise.reject(new ShopError('conflict', 'c', 'C.'));
      },
    }),
  ]);
  await expect(client.read(ask)).rejects.toMatchObject({ code: 'c' });
  expect(calls).toBe(1);
});

test('of several servers each gets its turn', async () => {
  const calls = [0, 0, 0];
  const servers = await Promise.all(
    calls.map((_, at) =>
      ground.listen({
        write: async ({ text }) => ({ text: `${text}${(calls[at] = (calls[at] ?? 0) + 1)}` }),
      }),
    ),
  );
  const client = ground.connect(servers);
  // Until all three are connected.
  await until(async () => {
    await client.write({ text: '' });
    return calls.every((count) => count > 0);
  });
  calls.fill(0);
  for (let count = 0; count < 30; count += 1) await client.write({ text: '' });
  expect(calls).toEqual([10, 10, 10]);
});

test('a server that is gone is no server: the others answer', async () => {
  const gone = await ground.listen();
  const client = ground.connect([gone, await ground.listen()]);
  await gone.stop(0);
  for (let count = 0; count < 10; count += 1) expect(await client.read(ask)).toEqual({ text: 'x' });
});

test('where nobody listens the answer is unavailable', async () => {
  const gone = await ground.listen();
  await gone.stop(0);
  const nobody = ground.connect([gone]);
  await expect(nobody.write({ text: 'x' })).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'unavailable',
  });
});

test('what stands beside request and answer arrives', async () => {
  const client = ground.connect([
    await ground.listen({
      write: async (_request, { metadata, trailers }) => {
        trailers.set('x-position', 'after');
        return { text: String(metadata.get('x-before')[0]) };
      },
    }),
  ]);
  let trailers = new Metadata();
  const options = { metadata: { 'x-before': 'before' }, onTrailers: (each: Metadata) => (trailers = each) };
  expect(await client.write({ text: 'x' }, options)).toEqual({ text: 'before' });
  expect(trailers.get('x-position')).toEqual(['after']);
});

describe('a stream', () => {
  async function endless(): Promise<{ client: TestingClient; contexts: HandlerContext[] }> {
    const contexts: HandlerContext[] = [];
    const client = ground.connect([
      await ground.listen({
        async *watch(_request, context) {
          contexts.push(context);
          for (let number = 1; !context.signal.aborted; number += 1) {
            yield { number };
            await new Promise((resolve) => setTimeout(resolve, 1));
          }
        },
      }),
    ]);
    return { client, contexts };
  }

  test('whose reader leaves ends at the server', async () => {
    const { client, contexts } = await endless();
    for await (const { number } of client.watch({ count: 0 })) if (number === 3) break;
    await until(() => contexts[0]?.signal.aborted === true);
  });

  test('ends with its deadline', async () => {
    const { client, contexts } = await endless();
    const read = async () => {
      for await (const { number } of client.watch({ count: 0 }, { deadlineMs: 200 }))
        expect(number).toBeGreaterThan(0);
    };
    await until(async () => {
      await expect(read()).rejects.toMatchObject({ code: 'deadline_exceeded' });
      return contexts.length > 0;
    });
    await until(() => contexts.at(-1)?.signal.aborted === true);
  });

  test('fails with what the server has thrown, after what it has sent', async () => {
    const client = ground.connect([
      await ground.listen({
        async *watch() {
          yield { number: 1 };
          throw new ShopError('conflict', 'changed', 'Changed.');
        },
      }),
    ]);
    const seen: number[] = [];
    const read = async () => {
      for await (const { number } of client.watch({ count: 0 })) seen.push(number);
    };
    await expect(read()).rejects.toMatchObject({ kind: 'conflict', code: 'changed' });
    expect(seen).toEqual([1]);
  });

  test('whose reader is slow does not fill the memory of the server', async () => {
    let made = 0;
    const client = ground.connect([
      await ground.listen({
        async *watch() {
          for (; made < 1_000_000; made += 1) yield { number: made };
        },
      }),
    ]);
    for await (const { number } of client.watch({ count: 0 })) {
      expect(number).toBe(0);
      let before = -1;
      // It comes to rest, though nobody reads on.
      await until(async () => {
        const rested = made === before;
        before = made;
        await new Promise((resolve) => setTimeout(resolve, 200));
        return rested;
      });
      break;
    }
    expect(made).toBeLessThan(900_000);
  });
});

test('addresses that gRPC cannot use together are refused with the remedy', () => {
  expect(targetOf(['catalog:50051'])).toBe('catalog:50051');
  expect(targetOf(['127.0.0.1:1', '127.0.0.2:2'])).toBe('ipv4:127.0.0.1:1,127.0.0.2:2');
  expect(targetOf(['[::1]:1', '[::1]:2'])).toBe('ipv6:[::1]:1,[::1]:2');
  expect(() => targetOf([])).toThrow('needs an address');
  expect(() => targetOf(['a:1', '127.0.0.1:2'])).toThrow('give one name instead');
});
