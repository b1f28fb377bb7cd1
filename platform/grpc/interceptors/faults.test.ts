import { openGround } from '../testing/ground.ts';
import { faultsOf } from './faults.ts';

const ground = openGround();
afterAll(() => ground.close());

test('a server that nobody has named has no faults', () => {
  expect(faultsOf('catalog')).toBeUndefined();
});

test('of a thousand calls as many fail as was asked for, evenly, each after the delay', async () => {
  const server = await ground.listen(
    { write: async ({ text }) => ({ text }) },
    { faults: { delayMs: 20, errors: 250 } },
  );
  const client = ground.connect([server]);
  const outcomes: string[] = [];
  const begun = performance.now();
  for (let call = 0; call < 8; call += 1)
    outcomes.push(
      await client.write({ text: 'x' }).then(
        () => 'ok',
        (error: { kind?: string }) => error.kind ?? 'no ShopError',
      ),
    );
  expect(outcomes).toEqual(['ok', 'ok', 'ok', 'internal', 'ok', 'ok', 'ok', 'internal']);
  // Timers may be a little early.
  expect(performance.now() - begun).toBeGreaterThan(8 * 18);
});
