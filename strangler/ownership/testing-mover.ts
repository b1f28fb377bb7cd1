// Moves the ownership of a pair in a process of its own, so that a test can kill it at any of its failpoints.
import { moveOwnership } from './move-ownership.ts';
import type { Replica, Side } from './replica.ts';

const [target = '', replica = ''] = process.argv.slice(2);
await moveOwnership(JSON.parse(replica) as Replica, target as Side);
