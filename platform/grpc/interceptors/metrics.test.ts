import { Registry } from 'prom-client';
import { ShopError } from '../../errors.ts';
import { openGround } from '../testing/ground.ts';

const ground = openGround();
afterAll(() => ground.close());

test('calls are counted and timed by service, method and outcome, at their server and at their client', async () => {
  const [server, client] = [new Registry(), new Registry()];
  const conflict = () => Promise.reject(new ShopError('conflict', 'c', 'C.'));
  const caller = ground.connect([await ground.listen({ write: conflict }, { registry: server })], {
    registry: client,
  });
  await caller.read({ text: 'x', numbers: [] });
  await caller.read({ text: 'x', numbers: [] });
  // Refused before any handler, and counted all the same.
  await caller.read({ text: '', numbers: [] }).catch(() => undefined);
  await caller.write({ text: 'x' }).catch(() => undefined);

  for (const [side, registry] of Object.entries({ server, client })) {
    const text = await registry.metrics();
    const counted = [
      ...text.matchAll(/^(\w+)_count\{service="(.*?)",method="(\w+)",code="(\w+)"\} (\d+)$/gm),
    ];
    const name = `grpc_${side}_duration_seconds`;
    const service = 'shop.testing.v1.TestingService';
    expect(counted.map((match) => match.slice(1))).toEqual([
      [name, service, 'Read', 'OK', '2'],
      [name, service, 'Read', 'INVALID_ARGUMENT', '1'],
      [name, service, 'Write', 'FAILED_PRECONDITION', '1'],
    ]);
  }
});

test('two clients of one process count together', async () => {
  const registry = new Registry();
  const server = await ground.listen();
  for (const client of [ground.connect([server], { registry }), ground.connect([server], { registry })])
    await client.write({ text: 'x' });
  expect(await registry.metrics()).toMatch(/grpc_client_duration_seconds_count\{.*method="Write".*\} 2/);
});
