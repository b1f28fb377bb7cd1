import { until } from '#platform/testing/until.ts';
import { startGateway, startMonolith } from './testing.ts';

test('it lives whatever becomes of the monolith, and is ready when the shop is', async () => {
  await using monolith = await startMonolith();
  await using gateway = await startGateway(monolith);
  const ready = async () => {
    const response = await gateway.fetch('/health/ready');
    return [response.status, await response.json()] as const;
  };
  expect(await ready()).toEqual([200, { status: 'ready' }]);
  monolith.ready = false;
  expect((await ready())[0]).toBe(503);
  await monolith.close();
  expect(await ready()).toEqual([503, { status: 'not ready', reason: 'the monolith does not answer' }]);
  expect((await gateway.fetch('/health/live')).status).toBe(200);
});

test('before it stops it says so, and goes on answering', async () => {
  await using monolith = await startMonolith();
  await using gateway = await startGateway(monolith);
  gateway.drain();
  const response = await gateway.fetch('/health/ready');
  expect([response.status, await response.json()]).toEqual([
    503,
    { status: 'not ready', reason: 'stopping' },
  ]);
  expect((await gateway.fetch('/products')).status).toBe(200);
});

test('its metrics count by route, capability, access and side, and know no id', async () => {
  await using monolith = await startMonolith();
  await using gateway = await startGateway(monolith);
  await gateway.fetch('/products/42');
  await gateway.post('/nothing/42');
  await monolith.close();
  await gateway.post('/orders');
  const counts = async () => {
    const response = await gateway.fetch('/metrics');
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    const lines = (await response.text()).matchAll(
      /^http_request_duration_seconds_count\{process="gateway",(.*)\} 1$/gm,
    );
    return [...lines].map(([, labels]) => labels);
  };
  for (const labels of [
    'method="GET",route="/products/:id",status="200",capability="catalog",access="read",side="monolith"',
    'method="POST",route="unmatched",status="200",capability="none",access="none",side="monolith"',
    'method="POST",route="/orders",status="503",capability="orders",access="write",side="gateway"',
  ])
    await until(async () => (await counts()).includes(labels));
});
