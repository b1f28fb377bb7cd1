// Writes a file whole or not at all, whenever the process or the machine dies.
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Several processes may write at once: each has a draft of its own. Its folder is made where there is none. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}`;
  await mkdir(dirname(file), { recursive: true });
  try {
    const handle = await open(draft, 'w');
    try {
      await handle.writeFile(text);
      // Otherwise a machine that dies may have the new name, and nothing under it.
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
