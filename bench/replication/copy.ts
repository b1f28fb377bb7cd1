// The first copy by replication, beside the same rows piped by COPY from one database into the other.
import { pipeline } from 'node:stream/promises';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { replicate } from '../../strangler/ownership/replicate.ts';
import { stop } from '../../strangler/ownership/stop.ts';
import type { Ground } from './ground.ts';

const COLUMNS = 'id, number, name, description, price, written_at';

/** @returns seconds. */
export async function pipeRows({ pools }: Ground): Promise<number> {
  await pools.service.query('TRUNCATE catalog.products');
  const [source, target] = await Promise.all([pools.monolith.connect(), pools.service.connect()]);
  try {
    const begin = performance.now();
    await pipeline(
      source.query(copyTo(`COPY (SELECT ${COLUMNS} FROM catalog.products) TO STDOUT`)),
      target.query(copyFrom(`COPY catalog.products (${COLUMNS}) FROM STDIN`)),
    );
    return (performance.now() - begin) / 1_000;
  } finally {
    source.release();
    target.release();
    await pools.service.query('TRUNCATE catalog.products');
  }
}

/** From nothing to replicated both ways, heartbeats included. @returns seconds. */
export async function copyByReplication(ground: Ground): Promise<number> {
  const { seconds } = await replicate(ground);
  await stop(ground, { emptyService: true });
  return seconds;
}
