import { setTimeout as sleep } from 'node:timers/promises';
import { failToStart, newLedgerFile, spawnProvider, until, type Reply } from './testing.ts';

// Every test here starts whole processes, on machines that may be busy: hence the 15 seconds.

test('whatever was answered before SIGKILL is there afterwards, under the same id and once', async () => {
  const ledgerFile = newLedgerFile();
  const answered = new Map<string, Reply>();
  {
    await using provider = await spawnProvider(ledgerFile);
    const charging = Array.from({ length: 200 }, async (_value, index) => {
      const key = `k${index}`;
      answered.set(key, await provider.charge(key, 'tok_ok'));
    });
    await until(() => answered.size >= 50);
    expect(await provider.end('SIGKILL')).toBeNull();
    await Promise.allSettled(charging);
  }

  await using restarted = await spawnProvider(ledgerFile);
  const repeating = Array.from({ length: 200 }, async (_value, index) => {
    const key = `k${index}`;
    const repeat = await restarted.charge(key, 'tok_ok');
    expect(repeat).toEqual(answered.get(key) ?? expect.objectContaining({ status: 201 }));
    expect(await restarted.history(key)).toEqual(['charge']);
  });
  await Promise.all(repeating);
}, 15_000);

test('a void, a refund and a lost charge outlive SIGKILL too', async () => {
  const ledgerFile = newLedgerFile();
  {
    await using provider = await spawnProvider(ledgerFile);
    await provider.post('/voids', { key: 'voided' });
    await provider.charge('refunded', 'tok_ok');
    await provider.post('/refunds', { key: 'refunded' });
    const lost = expect(provider.charge('lost', 'tok_lost')).rejects.toThrow();
    await until(async () => (await provider.history('lost')).length > 0);
    await provider.end('SIGKILL');
    await lost;
  }

  await using restarted = await spawnProvider(ledgerFile);
  expect(await restarted.charge('voided', 'tok_ok')).toMatchObject({
    status: 409,
    body: { code: 'voided' },
  });
  expect(await restarted.history('refunded')).toEqual(['charge', 'refund']);
  expect(await restarted.charge('lost', 'tok_lost')).toMatchObject({ status: 201 });
  expect(await restarted.history('lost')).toEqual(['charge']);
}, 15_000);

test('two processes cannot share a ledger, and a killed one locks nobody out', async () => {
  const ledgerFile = newLedgerFile();
  {
    await using first = await spawnProvider(ledgerFile);
    const { code, said } = await failToStart(ledgerFile, 0);
    expect(code).toBe(1);
    expect(said).toMatch(/^payment provider: .*ledger\.jsonl is in use by another payment provider.*\n$/);
    expect((await first.get('/health/ready')).status).toBe(200);
  }
  await using next = await spawnProvider(ledgerFile);
  expect((await next.get('/health/ready')).status).toBe(200);
}, 15_000);

test('a taken port is named in one line, with what to do about it', async () => {
  await using provider = await spawnProvider(newLedgerFile());
  const { code, said } = await failToStart(newLedgerFile(), provider.port);
  expect(code).toBe(1);
  expect(said).toMatch(new RegExp(`^payment provider: .*${provider.port}.*SHOP_PORT_OFFSET.*\\n$`));
}, 15_000);

test('charges that are slow or lost do not keep the provider from stopping', async () => {
  const ledgerFile = newLedgerFile();
  {
    await using provider = await spawnProvider(ledgerFile);
    const lost = expect(provider.charge('lost', 'tok_lost')).rejects.toThrow();
    await until(async () => (await provider.history('lost')).length > 0);
    const slow = provider.charge('slow', 'tok_slow');
    await sleep(300);

    expect(await provider.end('SIGTERM')).toBe(0);
    expect(await slow).toMatchObject({ status: 503, body: { code: 'stopping' } });
    await lost;
  }
  await using restarted = await spawnProvider(ledgerFile);
  expect(await restarted.history('slow')).toEqual([]);
  expect(await restarted.history('lost')).toEqual(['charge']);
}, 15_000);
