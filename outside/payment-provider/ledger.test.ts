import { appendFile, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { charge, voidKey } from './decisions.ts';
import { openLedger } from './ledger.ts';
import { newLedgerFile, until } from './testing.ts';

const order = charge({ token: 'tok_ok', amount: 1299, currency: 'EUR' });

type Sync = () => Promise<void>;

/** Puts itself in front of every sync of this process, and counts them, until it is disposed of. */
async function onSync(
  file: string,
  replacement: (sync: Sync) => Promise<void>,
): Promise<Disposable & { count: number }> {
  const handle = await open(file, 'a');
  const prototype = Object.getPrototypeOf(handle) as { datasync: Sync };
  const { datasync } = prototype;
  await handle.close();
  const syncs = { count: 0, [Symbol.dispose]: () => void (prototype.datasync = datasync) };
  prototype.datasync = function (this: unknown) {
    syncs.count += 1;
    return replacement(() => datasync.call(this));
  };
  return syncs;
}

test('what was recorded is there again when the file is opened again', async () => {
  const file = newLedgerFile();
  const first = await openLedger(file);
  await first.record('a', order);
  await first.record('b', voidKey);
  await first.close();

  const second = await openLedger(file);
  expect(second.entries()).toEqual(first.entries());
  expect(second.entries('a')).toMatchObject([{ type: 'charge', key: 'a', amount: 1299, currency: 'EUR' }]);
  await second.close();
});

test('a last line that a crash cut short is dropped, and the next entry is whole', async () => {
  const file = newLedgerFile();
  const first = await openLedger(file);
  await first.record('a', order);
  await first.close();
  const whole = await readFile(file, 'utf8');
  await appendFile(file, whole.trimEnd());

  const second = await openLedger(file);
  expect(second.entries()).toHaveLength(1);
  await second.record('b', order);
  await second.close();

  const third = await openLedger(file);
  expect(third.entries().map(({ key }) => key)).toEqual(['a', 'b']);
  await third.close();
});

test('a damaged line elsewhere is named, and not passed over', async () => {
  const file = newLedgerFile();
  const first = await openLedger(file);
  await first.record('a', order);
  await first.record('b', order);
  await first.close();
  const lines = (await readFile(file, 'utf8')).split('\n');
  await writeFile(file, [lines[0], lines[1]?.slice(9), ''].join('\n'));

  await expect(openLedger(file)).rejects.toThrow(`${file}, line 2 is damaged`);
});

test('an entry is neither seen nor answered for before it is on the disk', async () => {
  const file = newLedgerFile();
  const ledger = await openLedger(file);
  const disk = Promise.withResolvers<void>();
  using syncs = await onSync(file, (sync) => disk.promise.then(sync));

  let answered = false;
  const recorded = ledger.record('a', order).then(() => (answered = true));
  await until(() => syncs.count === 1);
  expect(await readFile(file, 'utf8')).toContain('"key":"a"');
  expect(ledger.entries('a')).toEqual([]);
  expect(ledger.entries()).toEqual([]);
  expect(answered).toBe(false);

  disk.resolve();
  await recorded;
  expect(ledger.entries('a')).toHaveLength(1);
  await ledger.close();
});

test('entries that arrive while a sync is running share the next one', async () => {
  const file = newLedgerFile();
  const ledger = await openLedger(file);
  const disk = Promise.withResolvers<void>();
  using syncs = await onSync(file, (sync) => disk.promise.then(sync));

  const first = ledger.record('first', order);
  await until(() => syncs.count === 1);
  const others = Array.from({ length: 50 }, (_value, index) => ledger.record(`other-${index}`, order));
  disk.resolve();
  await Promise.all([first, ...others]);

  expect(syncs.count).toBe(2);
  expect(ledger.entries()).toHaveLength(51);
  await ledger.close();
});

test('after a failed sync nothing more is recorded, until the file has been read again', async () => {
  const file = newLedgerFile();
  const ledger = await openLedger(file);
  {
    using syncs = await onSync(file, () => Promise.reject(new Error('disk on fire')));
    await expect(ledger.record('a', order)).rejects.toThrow('disk on fire');
    expect(syncs.count).toBe(1);
  }
  await expect(ledger.record('b', order)).rejects.toThrow('disk on fire');
  expect(ledger.entries()).toEqual([]);
  expect(ledger.isWritable()).toBe(false);
  await ledger.close();

  const reopened = await openLedger(file);
  await reopened.record('b', order);
  expect(reopened.entries('b')).toHaveLength(1);
  await reopened.close();
});

test('decisions about one key take turns: each sees what the one before it has recorded', async () => {
  const ledger = await openLedger(newLedgerFile());
  const seen: number[] = [];
  const decide = (known: readonly unknown[]) => {
    seen.push(known.length);
    return { type: 'void' as const };
  };
  await Promise.all([ledger.record('a', decide), ledger.record('a', decide), ledger.record('a', decide)]);
  expect(seen).toEqual([0, 1, 2]);
  await ledger.close();
});

test('a ledger that is open cannot be opened a second time', async () => {
  const file = newLedgerFile();
  const first = await openLedger(file);
  await expect(openLedger(file)).rejects.toThrow(/is in use by another payment provider/);
  await first.close();
  await (await openLedger(file)).close();
});

test('a ledger that cannot be opened says why in one line', async () => {
  const file = join(import.meta.filename, 'ledger.jsonl');
  await expect(openLedger(file)).rejects.toThrow(/^the ledger .* does not open: E/);
});
