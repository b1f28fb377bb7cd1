// The provider's memory: durable entries in order, and for each key one decision at a time.
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { newId } from '#platform/ids.ts';
import { SetupError } from '#platform/setup-error.ts';
import { entrySchema, type Draft, type Entry } from './entry.ts';
import { openJournal, recoverLines, type Journal } from './journal.ts';
import { lock } from './lock.ts';

/** What is to happen to a key, given everything that has; undefined leaves it as it is. */
export type Decide = (known: readonly Entry[]) => Draft | undefined;

export interface Ledger {
  /** In the order in which they happened; of one key, or of all. Whatever is to be seen here is on the disk. */
  entries(key?: string): readonly Entry[];
  /**
   * Decides alone with the key, once everything earlier about it is on the disk.
   * @returns the new entry, when it is on the disk too; undefined if nothing was to happen.
   */
  record(key: string, decide: Decide): Promise<Entry | undefined>;
  /** False after a failed write: then only a restart tells what is on the disk. */
  isWritable(): boolean;
  close(): Promise<void>;
}

/** @throws {SetupError} one line: the file is in use, damaged, or out of reach. */
export async function openLedger(file: string): Promise<Ledger> {
  let unlock: (() => void) | undefined;
  try {
    await mkdir(dirname(file), { recursive: true });
    unlock = lock(file);
    const entries = (await recoverLines(file)).map((line, index) =>
      parse(line, `${file}, line ${index + 1}`),
    );
    return createLedger(entries, await openJournal(file), unlock);
  } catch (error) {
    unlock?.();
    if (error instanceof SetupError) throw error;
    throw new SetupError(`the ledger ${file} does not open: ${(error as Error).message}`, { cause: error });
  }
}

function parse(line: string, place: string): Entry {
  try {
    return entrySchema.parse(JSON.parse(line));
  } catch (error) {
    const remedy = 'put the file right, or move it away to begin with an empty ledger';
    throw new SetupError(`${place} is damaged: ${remedy}`, { cause: error });
  }
}

function createLedger(recovered: readonly Entry[], journal: Journal, unlock: () => void): Ledger {
  const all: Entry[] = [];
  const byKey = new Map<string, Entry[]>();
  const writing = new Map<string, Promise<unknown>>();

  function show(entry: Entry): Entry {
    all.push(entry);
    const known = byKey.get(entry.key);
    if (known) known.push(entry);
    else byKey.set(entry.key, [entry]);
    return entry;
  }
  recovered.forEach(show);

  async function write(entry: Entry): Promise<Entry> {
    try {
      await journal.append(JSON.stringify(entry));
      return show(entry);
    } finally {
      writing.delete(entry.key);
    }
  }

  async function close(): Promise<void> {
    await journal.close();
    unlock();
  }
  let closed: Promise<void> | undefined;

  const entries = (key?: string) => (key === undefined ? all : (byKey.get(key) ?? []));

  return {
    entries,
    async record(key, decide) {
      while (writing.has(key)) await writing.get(key);
      const draft = decide(entries(key));
      if (draft === undefined) return undefined;
      const written = write({ ...draft, id: newId(), key, at: new Date().toISOString() });
      writing.set(key, written);
      return written;
    },
    isWritable: () => journal.isWritable(),
    close: () => (closed ??= close()),
  };
}
