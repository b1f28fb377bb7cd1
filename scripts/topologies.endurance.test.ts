// One suite, every topology: whatever the shop is made of, and whatever happens to that, its contract is the same.
import { judgeTopology } from './testing-topology.ts';
import { shopsOfEachTest } from './testing.ts';
import { killService } from './trouble.ts';

const { place, start } = shopsOfEachTest();

const DEADLINE_MS = 300_000;
const MIN_TROUBLES = 10;
const ENOUGH_PAIRS = 1_000;

const startShop = async () => start(await place(), '--products', '500');

test(
  'directly at the monolith, which sets no cookie',
  async () => {
    const shop = await startShop();
    const { monolith } = shop as unknown as { readonly monolith: string };
    for (const path of ['/products', '/categories', '/'])
      expect((await fetch(monolith + path)).headers.getSetCookie()).toEqual([]);
    const { faults, reads } = await judgeTopology({ ...shop, shop: monolith });
    expect(faults).toEqual([]);
    expect(reads).toMatchObject({ pairsByService: 0, seenAgainByService: 0 });
    expect(reads.pairs).toBeGreaterThan(ENOUGH_PAIRS);
  },
  DEADLINE_MS,
);

test(
  'through the gateway, with all reads at the monolith, while the catalog service is killed again and again',
  async () => {
    const shop = await startShop();
    const { faults, reads, troubles } = await judgeTopology(shop, () => killService(shop, 'catalog'));
    expect(faults).toEqual([]);
    expect(troubles).toBeGreaterThanOrEqual(MIN_TROUBLES);
    expect(reads.pairsByService).toBe(0);
    expect(reads.pairs).toBeGreaterThan(ENOUGH_PAIRS);
  },
  DEADLINE_MS,
);
