// One suite, every topology: whatever the shop is made of, and whatever happens to that, its contract is the same, and
// nobody reads less than they have seen.
import { pino } from 'pino';
import { SwitchServiceService } from '../generated/protos/shop/strangler/v1/strangler.ts';
import { connectGrpc } from '#platform/grpc/client.ts';
import { acceptanceSuite } from './testing-acceptance.ts';
import { judgeTopology } from './testing-topology.ts';
import { run, shopsOfEachTest } from './testing.ts';
import { killService, startTrouble, type Trouble } from './trouble.ts';

const { place, start } = shopsOfEachTest();

const DEADLINE_MS = 900_000;
const ENOUGH_PAIRS = 1_000;

test(
  'directly at the monolith, which sets no cookie',
  async () => {
    const shop = await start(await place(), '--products', '500');
    const { monolith } = shop as unknown as { readonly monolith: string };
    for (const path of ['/products', '/categories', '/'])
      expect((await fetch(monolith + path)).headers.getSetCookie()).toEqual([]);
    const { code, output } = await acceptanceSuite({ ...shop, shop: monolith });
    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
  },
  DEADLINE_MS,
);

test(
  'through the gateway, whatever the share of the service is, while that changes, and while the service is killed',
  async () => {
    const here = await place();
    const shop = await start(here, '--products', '500');
    const command = async (...words: string[]) =>
      expect(await run('switch', here.environment, ...words)).toMatchObject({ code: 0 });
    const reads = (percent: number) => () => command('reads', 'catalog', String(percent));
    await command('replicate', 'catalog');

    const {
      faults,
      reads: counted,
      troubles,
    } = await judgeTopology(shop, [
      { name: '0 %, the service killed', begin: () => killService(shop, 'catalog') },
      { name: '50 %', prepare: () => command('shadow', 'catalog', '100').then(reads(50)) },
      { name: '100 %', prepare: reads(100) },
      { name: 'changing', begin: () => changePercentage(shop as unknown as { readonly switch: string }) },
      { name: '50 %, the service killed', prepare: reads(50), begin: () => killService(shop, 'catalog') },
    ]);
    expect(faults).toEqual([]);
    // What the monolith answered meanwhile was asked of the service, too.
    const { output } = await run('switch', here.environment, 'mismatches', 'catalog', '--json');
    const compared = JSON.parse(output) as { counts: Record<string, number>; mismatches: unknown[] };
    expect(compared.mismatches).toEqual([]);
    expect(compared.counts['match']).toBeGreaterThan(100);
    expect(counted).toMatchObject({ stale: 0, backwards: 0 });
    expect(counted.pairs).toBeGreaterThan(ENOUGH_PAIRS);
    expect(counted.pairsByService).toBeGreaterThan(0);
    expect(troubles['changing']).toBeGreaterThan(50);
    for (const name of ['0 %, the service killed', '50 %, the service killed'])
      expect(troubles[name]).toBeGreaterThanOrEqual(3);
  },
  DEADLINE_MS,
);

const PERCENTAGES = [0, 50, 100, 25];

/** Every 100 ms, as far as the switch allows: it looks at both databases each time. */
function changePercentage({ switch: address }: { readonly switch: string }): Trouble {
  const client = connectGrpc(SwitchServiceService, {
    addresses: [address],
    defaultDeadlineMs: 20_000,
    log: pino({ level: 'silent' }),
  });
  const trouble = startTrouble({
    pauseMs: 50,
    async act(round) {
      const { plan } = await client.getPlan({ capability: 'catalog' });
      await client.setPlan({
        capability: 'catalog',
        servicePercent: PERCENTAGES[round % PERCENTAGES.length],
        shadowPercent: undefined,
        version: plan?.version ?? 0n,
        who: 'a test',
        verb: 'reads',
      });
    },
  });
  return { ...trouble, stop: () => trouble.stop().finally(() => client.close()) };
}
