// An append-only file of lines, each on the disk before anybody hears of it.
import { open, readFile, truncate, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface Journal {
  /**
   * Resolves once the line is on the disk. Lines that arrive while a sync is running share the next one.
   * After a failure nobody knows what is on the disk, so every later append fails too, until the file is read again.
   */
  append(line: string): Promise<void>;
  isWritable(): boolean;
  close(): Promise<void>;
}

/** The lines of the file, none if there is no file. A last line that a crash cut short was never answered: it goes. */
export async function recoverLines(file: string): Promise<string[]> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  const end = bytes.lastIndexOf('\n') + 1;
  if (end < bytes.length) await truncate(file, end);
  return bytes.toString('utf8', 0, end).split('\n').slice(0, -1);
}

export async function openJournal(file: string): Promise<Journal> {
  const handle = await open(file, 'a');
  // What recoverLines has read may so far be in the kernel's memory only.
  await handle.datasync();
  await syncFolder(dirname(file));
  return groupCommit(handle);
}

function groupCommit(handle: FileHandle): Journal {
  let waiting = '';
  let latest = Promise.resolve();
  let next: Promise<void> | undefined;
  let failed = false;

  async function commit(): Promise<void> {
    const batch = waiting;
    waiting = '';
    next = undefined;
    try {
      await handle.appendFile(batch);
      await handle.datasync();
    } catch (error) {
      failed = true;
      throw error;
    }
  }

  return {
    append(line) {
      waiting += `${line}\n`;
      next ??= latest = latest.then(commit);
      return next;
    },
    isWritable: () => !failed,
    async close() {
      await latest.catch(() => undefined);
      await handle.close();
    },
  };
}

/** A new file's name is durable only with its folder. Windows cannot sync a folder. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
