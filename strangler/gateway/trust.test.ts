import type { ServerResponse } from 'node:http';
import { until } from '#platform/testing/until.ts';
import { answer, die, hang, startGateway, startMonolith } from './testing.ts';

const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

test('beyond the limit requests are refused at once, readiness stays, and room is used again', async () => {
  const open: ServerResponse[] = [];
  await using monolith = await startMonolith((_request, response) => void open.push(response));
  await using gateway = await startGateway(monolith, { maxInFlight: 2 });
  const first = [gateway.fetch('/products'), gateway.post('/orders')];
  await until(() => open.length === 2);
  const refused = await gateway.fetch('/products');
  expect([refused.status, refused.headers.get('retry-after'), await codeOf(refused)]).toEqual([
    503,
    '1',
    'overloaded',
  ]);
  expect((await gateway.fetch('/health/ready')).status).toBe(200);
  expect(await (await gateway.fetch('/metrics')).text()).toMatch(
    /^gateway_requests_in_flight\{.*side="monolith".*\} 2$/m,
  );
  // Begun is not ended: an answer takes its place until its last byte.
  for (const response of open) response.write('half');
  await Promise.all(first);
  expect((await gateway.fetch('/products')).status).toBe(503);
  for (const response of open) response.end();
  monolith.behave = answer();
  await until(async () => (await gateway.fetch('/products')).status === 200);
  expect(monolith.received).toHaveLength(3);
});

test('a monolith that hangs is left alone after some deadlines, tried with one request, and trusted again', async () => {
  await using monolith = await startMonolith(hang);
  await using gateway = await startGateway(monolith, { deadlineMs: 500, failuresToOpen: 3, openMs: 1_000 });
  for (let round = 0; round < 3; round += 1)
    expect(await codeOf(await gateway.fetch('/products'))).toBe('deadline_exceeded');
  expect(await codeOf(await gateway.fetch('/products'))).toBe('unavailable');
  expect(monolith.received).toHaveLength(3);
  expect(await (await gateway.fetch('/metrics')).text()).toMatch(/^gateway_circuit_open\{.*\} 1$/m);

  // The one that is tried hangs, too; those beside it are not made to wait for it.
  const codes: string[] = [];
  let over = false;
  const tried = until(async () => {
    codes.push(await codeOf(await gateway.fetch('/products')));
    return (over = codes.at(-1) === 'deadline_exceeded');
  });
  await until(() => monolith.received.length === 4);
  expect(await codeOf(await gateway.fetch('/products'))).toBe('unavailable');
  expect(over).toBe(false);
  await tried;
  expect(monolith.received).toHaveLength(4);

  monolith.behave = answer();
  await until(async () => (await gateway.fetch('/products')).status === 200);
  expect(await (await gateway.fetch('/metrics')).text()).toMatch(/^gateway_circuit_open\{.*\} 0$/m);
});

test('answers of 500 and 503 are answers: what the monolith says passes', async () => {
  await using monolith = await startMonolith(answer(503, 'the database is away'));
  await using gateway = await startGateway(monolith, { failuresToOpen: 2 });
  for (let round = 0; round < 5; round += 1)
    expect(await (await gateway.fetch('/products')).text()).toBe('the database is away');
});

test('callers who hang up or do not end their body are not held against the monolith', async () => {
  await using monolith = await startMonolith(hang);
  await using gateway = await startGateway(monolith, { deadlineMs: 150, failuresToOpen: 2 });
  for (let round = 1; round <= 3; round += 1) {
    const end = new AbortController();
    const asked = gateway.fetch('/products', { signal: end.signal });
    await until(() => monolith.received.length === round);
    end.abort();
    await expect(asked).rejects.toThrow();
  }
  const endless = () => new ReadableStream({ start: (stream) => stream.enqueue(Buffer.from('half')) });
  for (let round = 0; round < 3; round += 1) {
    const init = { method: 'POST', body: endless(), duplex: 'half' } as RequestInit;
    const response = await gateway.fetch('/upload', init);
    expect(response.status).toBe(400);
  }
  expect(await (await gateway.fetch('/metrics')).text()).toMatch(/^gateway_circuit_open\{.*\} 0$/m);
});

test('who streams a body to a monolith that is away, or dies of it, hears that it is', async () => {
  await using monolith = await startMonolith(die());
  await using gateway = await startGateway(monolith);
  expect(await codeOf(await gateway.post('/upload', 'x'.repeat(1_000_000)))).toBe('unavailable');
  await monolith.close();
  expect(await codeOf(await gateway.post('/upload', 'x'.repeat(1_000_000)))).toBe('unavailable');
});
