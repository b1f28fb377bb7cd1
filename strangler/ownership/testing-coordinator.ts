// Runs one verb on a pair in a process of its own, so that a test can kill it at any of its failpoints.
import { replicate } from './replicate.ts';
import { stop } from './stop.ts';
import type { Replica } from './replica.ts';

const [verb, replica = ''] = process.argv.slice(2);
const pair = JSON.parse(replica) as Replica;
await (verb === 'stop' ? stop(pair, { emptyService: true }) : replicate(pair));
