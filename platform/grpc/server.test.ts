import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, credentials, status, type ServiceError } from '@grpc/grpc-js';
import { pino } from 'pino';
import { HealthService } from '../../generated/protos/grpc/health/v1/health.ts';
import { TestingServiceService } from '../../generated/protos/shop/testing/v1/testing.ts';
import { projectRoot } from '../paths.ts';
import { until } from '../testing/until.ts';
import { connectGrpc } from './client.ts';
import { MAX_MESSAGE } from './limits.ts';
import { openGround } from './testing/ground.ts';

const ground = openGround();
afterAll(() => ground.close());

const NAME = 'shop.testing.v1.TestingService';
const SERVING = 1;
const NOT_SERVING = 2;

function healthOf({ address }: { address: string }) {
  const log = pino({ level: 'silent' });
  return connectGrpc(HealthService, { addresses: [address], defaultDeadlineMs: 20_000, log });
}

test('a call answers', async () => {
  const client = ground.connect([await ground.listen()]);
  expect(await client.read({ text: 'hello', numbers: [] })).toEqual({ text: 'hello' });
});

test('a stream gives its answers in order, and ends', async () => {
  const client = ground.connect([await ground.listen()]);
  const numbers: number[] = [];
  for await (const { number } of client.watch({ count: 500 })) numbers.push(number);
  expect(numbers).toEqual(Array.from({ length: 500 }, (_, at) => at + 1));
});

test('health is told of the server, of each service, and of no other', async () => {
  let away = false;
  const ready = async () => {
    if (away) throw new Error('the database is away');
  };
  const health = healthOf(await ground.listen({}, { ready }));
  expect(await health.check({ service: '' })).toEqual({ status: SERVING });
  expect(await health.check({ service: NAME })).toEqual({ status: SERVING });
  await expect(health.check({ service: 'shop.Nobody' })).rejects.toMatchObject({ kind: 'not_found' });
  away = true;
  expect(await health.check({ service: NAME })).toEqual({ status: NOT_SERVING });
  health.close();
});

test('whoever watches health sees it turn red before the server stops, and cannot keep it from stopping', async () => {
  const server = await ground.listen();
  const health = healthOf(server);
  const seen: number[] = [];
  const watched = (async () => {
    for await (const { status: each } of health.watch({ service: NAME })) {
      seen.push(each);
      if (seen.length === 1) void server.stop(1_000, 600_000);
    }
  })();
  await expect(watched).rejects.toMatchObject({ kind: 'unavailable' });
  expect(seen).toEqual([SERVING, NOT_SERVING]);
  health.close();
});

describe('reflection, asked by buf', () => {
  const run = promisify(execFile);
  const buf = async (...args: string[]) => {
    const common = ['curl', '--protocol', 'grpc', '--http2-prior-knowledge'];
    return (await run(join(projectRoot, 'node_modules/.bin/buf'), [...common, ...args])).stdout;
  };

  test('lists the services, and describes them well enough to call them', async () => {
    const { address } = await ground.listen();
    const services = await buf('--list-services', `http://${address}`);
    expect(services.trim().split('\n').sort()).toEqual([
      'grpc.health.v1.Health',
      'grpc.reflection.v1.ServerReflection',
      NAME,
    ]);
    const methods = await buf('--list-methods', `http://${address}`);
    expect(methods).toContain(`${NAME}/Read\n`);
    const answer = await buf('-d', '{"text":"by reflection"}', `http://${address}/${NAME}/Read`);
    expect(JSON.parse(answer)).toEqual({ text: 'by reflection' });
  });

  test('a refusal comes with details of the standard types', async () => {
    const { address } = await ground.listen();
    await expect(buf('-d', '{"text":""}', `http://${address}/${NAME}/Read`)).rejects.toMatchObject({
      stderr: expect.stringMatching(
        /"invalid_argument"[^]*shop\.common\.v1\.Problem[^]*google\.rpc\.BadRequest/,
      ) as unknown,
    });
  });
});

test('a request over the limit is refused, and the server goes on', async () => {
  let handled = 0;
  const read = async () => ({ text: String((handled += 1)) });
  const server = await ground.listen({ read });
  // Without the limit that a client of ours has itself.
  const client = new Client(server.address, credentials.createInsecure(), {
    'grpc.max_send_message_length': -1,
  });
  const { path, requestSerialize, responseDeserialize } = TestingServiceService.read;
  const send = (text: string) =>
    new Promise((resolve, reject) =>
      client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        { text, numbers: [] },
        (error, response) => (error ? reject(error) : resolve(response)),
      ),
    );
  const refused = await send('x'.repeat(MAX_MESSAGE + 1)).catch((error: unknown) => error);
  expect((refused as ServiceError).code).toBe(status.RESOURCE_EXHAUSTED);
  expect(handled).toBe(0);
  expect(await send('small')).toEqual({ text: '1' });
  client.close();
});

test('a message over the limit is payload_too_large for a client of ours, either way', async () => {
  const client = ground.connect([
    await ground.listen({ read: async () => ({ text: 'x'.repeat(MAX_MESSAGE + 1) }) }),
  ]);
  const tooLarge = { kind: 'payload_too_large', code: 'payload_too_large' };
  await expect(client.read({ text: 'large, please', numbers: [] })).rejects.toMatchObject(tooLarge);
  await expect(client.write({ text: 'x'.repeat(MAX_MESSAGE + 1) })).rejects.toMatchObject(tooLarge);
});

test('a port that is taken is named, with the remedy', async () => {
  const { port } = await ground.listen();
  await expect(ground.listen({}, { port, name: 'second' })).rejects.toThrow(`port ${port} (second) is taken`);
});

test('of two servers under load one stops, and no call is lost', async () => {
  let answered = 0;
  const write = async ({ text }: { text: string }) => {
    await new Promise((resolve) => setTimeout(resolve, 3));
    answered += 1;
    return { text };
  };
  const leaving = await ground.listen({ write });
  const staying = await ground.listen({ write });
  const client = ground.connect([leaving, staying]);
  let sending = true;
  let received = 0;
  const callers = Array.from({ length: 20 }, async () => {
    for (let count = 0; sending; count += 1) {
      const text = String(count);
      expect(await client.write({ text })).toEqual({ text });
      received += 1;
    }
  });
  const all = Promise.all(callers);
  await until(() => received > 200);
  await Promise.race([leaving.stop(50), all]);
  const atStop = received;
  await until(() => received > atStop + 200);
  sending = false;
  await all;
  expect(answered).toBe(received);
});

test('a call that does not end is cut off when the time to stop is over', async () => {
  let begun = false;
  const server = await ground.listen({
    write: () => {
      begun = true;
      return new Promise(() => undefined);
    },
  });
  const client = ground.connect([server]);
  const cutOff = expect(client.write({ text: 'endless' })).rejects.toMatchObject({ kind: 'unavailable' });
  await until(() => begun);
  await server.stop(0, 100);
  await cutOff;
});
