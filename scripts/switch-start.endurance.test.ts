import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild } from '#platform/children.ts';
import { until } from '#platform/testing/until.ts';
import { gone, logged, run, shopsOfEachTest, type Place, type RunningShop } from './testing.ts';

const { place, start } = shopsOfEachTest();

type ShopWithSwitch = RunningShop & {
  readonly monolith: string;
  readonly switch: string;
  readonly pids: RunningShop['pids'] & { readonly gateway: number; readonly switch: number };
};

const versionAt = async (url: string): Promise<number> => {
  const page = await (await fetch(`${url}/metrics`)).text();
  return Number(/^gateway_plan_version\{capability="catalog",.*\} (\d+)$/m.exec(page)?.[1] ?? -1);
};
const succeeds = async (here: Place, ...words: string[]) =>
  expect(await run('switch', here.environment, ...words)).toMatchObject({ code: 0 });

/** Reads without a pause. @returns how often, and how often it was not 200. */
function readOn(shop: RunningShop) {
  const seen = { answers: 0, failures: 0 };
  let running = true;
  const reading = (async () => {
    while (running) {
      const status = await fetch(`${shop.shop}/products?pageSize=1`).then(
        async (answer) => (await answer.text()) && answer.status,
        () => 0,
      );
      seen.answers += 1;
      if (status !== 200) seen.failures += 1;
    }
  })();
  return {
    async stop() {
      running = false;
      await reading;
      return seen;
    },
  };
}

test('the switch stands beside the shop, is started again when it is killed, and no customer notices', async () => {
  const here = await place();
  const shop = (await start(here)) as ShopWithSwitch;
  expect(shop.switch).toBe(`127.0.0.1:${here.environment['SWITCH_PORT']}`);
  await succeeds(here, 'replicate', 'catalog');
  await succeeds(here, 'shadow', 'catalog', '5');
  await until(async () => (await versionAt(shop.shop)) === 1);

  const reading = readOn(shop);
  let pid = shop.pids.switch;
  for (let kills = 1; kills <= 3; kills += 1) {
    process.kill(pid, 'SIGKILL');
    expect(await gone(pid)).toBe(true);
    const revived = () => [...shop.output().matchAll(/"restarted":\{"name":"switch","pid":(\d+)\}/g)];
    await until(() => revived().length === kills);
    pid = Number(revived().at(-1)?.[1]);
    expect(await versionAt(shop.shop)).toBe(kills);
    await succeeds(here, 'shadow', 'catalog', String(5 + kills));
    await until(async () => (await versionAt(shop.shop)) === 1 + kills);
  }
  const { answers, failures } = await reading.stop();
  expect(answers).toBeGreaterThan(20);
  expect(failures).toBe(0);

  const audit = await run('switch', here.environment, 'audit', '--json');
  expect((JSON.parse(audit.output) as { entries: unknown[] }).entries).toHaveLength(4);
  expect(await shop.stop()).toBe(0);
  expect(await gone(pid)).toBe(true);
  const again = (await start(here)) as ShopWithSwitch;
  await until(async () => (await versionAt(again.shop)) === 4);
});

test('a gateway that starts while the switch is stopped follows the saved plan, and the switch when it goes on', async () => {
  const here = await place();
  const shop = (await start(here)) as ShopWithSwitch;
  await succeeds(here, 'replicate', 'catalog');
  await succeeds(here, 'shadow', 'catalog', '5');
  await until(() => readFileSync(join(here.folder, 'gateway-plans.json'), 'utf8').includes('"version": 1'));
  // Neither dead nor alive: its port takes connections, and nobody answers.
  process.kill(shop.pids.switch, 'SIGSTOP');
  const second = await startChild('gateway', 'strangler/gateway/main.ts', {
    GATEWAY_PORT: '0',
    GATEWAY_MONOLITH_URL: shop.monolith,
    GATEWAY_SWITCH_ADDRESS: shop.switch,
    SHOP_DATA_DIR: here.folder,
    SHOP_LOG_LEVEL: 'error',
  });
  try {
    const url = `http://127.0.0.1:${second.port}`;
    expect(await versionAt(url)).toBe(1);
    expect((await fetch(`${url}/products?pageSize=1`)).status).toBe(200);
    // Longer than either believes in a switch that says nothing.
    await sleep(6_000);
    for (const each of [url, shop.shop]) expect(await versionAt(each)).toBe(1);
    await logged(shop, /"name":"gateway",.*the switch at .* does not speak/);
    process.kill(shop.pids.switch, 'SIGCONT');
    await succeeds(here, 'shadow', 'catalog', '6');
    for (const each of [url, shop.shop]) await until(async () => (await versionAt(each)) === 2);
  } finally {
    process.kill(shop.pids.switch, 'SIGCONT');
    await second.stop();
  }
});
