// Moves the ownership of a pair in a process of its own, so that a test can kill it at any of its failpoints.
import type { Replica, Side } from './replica.ts';
import { moveWithRoom } from './testing-room.ts';

const [target = '', replica = ''] = process.argv.slice(2);
await moveWithRoom(JSON.parse(replica) as Replica, target as Side);
