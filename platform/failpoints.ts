// Named points at which a test can kill this process: inert, but for the one that SHOP_FAILPOINT names.
import { z } from 'zod';
import { readConfig, setting } from './config.ts';

const { armed } = readConfig({ armed: setting('SHOP_FAILPOINT', z.string().optional()) });

/**
 * Dies here, as by SIGKILL, if this is the point that the environment names: nothing is flushed, rolled back or
 * answered.
 * @param name a literal, `<what>.<where>`: a test finds every point in the source, and kills at each of them.
 */
export async function failpoint(name: string): Promise<void> {
  if (name !== armed) return;
  process.kill(process.pid, 'SIGKILL');
  // The signal is asynchronous; nothing may happen before it arrives.
  await new Promise(() => undefined);
}
