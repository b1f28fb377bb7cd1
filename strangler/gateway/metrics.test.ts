import { createGatewayMetrics, type Watched } from './metrics.ts';

const watched = (side: string, inFlight: number, isOpen = false): Watched => ({
  side,
  ...(side === 'service' && { capability: 'catalog' }),
  trust: { inFlight: () => inFlight, isOpen: () => isOpen },
});

async function values(metrics: ReturnType<typeof createGatewayMetrics>, name: string) {
  const { text } = await metrics.read();
  const lines = [...text.matchAll(new RegExp(`^${name}\\{.*side="(\\w+)".*\\} (\\S+)$`, 'gm'))];
  return lines.map(([, side, value]) => [side, Number(value)]);
}

test('a side that is watched twice has the requests of both in flight, at each look', async () => {
  const metrics = createGatewayMetrics([watched('monolith', 1)]);
  metrics.watch(watched('service', 2));
  metrics.watch(watched('service', 3));
  for (let look = 0; look < 2; look += 1)
    expect(await values(metrics, 'gateway_requests_in_flight')).toEqual([
      ['monolith', 1],
      ['service', 5],
    ]);
});

test('its circuit is open where one of the two is', async () => {
  const metrics = createGatewayMetrics([watched('monolith', 0)]);
  metrics.watch(watched('service', 0, true));
  metrics.watch(watched('service', 0));
  expect(await values(metrics, 'gateway_circuit_open')).toEqual([
    ['monolith', 0],
    ['service', 1],
  ]);
});
