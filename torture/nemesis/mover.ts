// Moves ownership in a process of its own, so that it can be killed and stopped at any moment.
import { moveOwnership, type MoveStep } from '../../strangler/ownership/move-ownership.ts';
import type { Replica, Side } from '../../strangler/ownership/replica.ts';

/** `stopAfter` a step it stands still, until somebody lets it go on. */
const [target, replica = '', stopAfter] = process.argv.slice(2);
process.send?.('begun');
// Whoever started it is gone.
process.once('disconnect', () => process.exit(1));

async function audit(step: MoveStep): Promise<void> {
  if (step !== stopAfter) return;
  await new Promise((resolve) => process.send?.('stopping', resolve));
  process.kill(process.pid, 'SIGSTOP');
}
await moveOwnership(JSON.parse(replica) as Replica, target as Side, { audit }).catch(
  () => (process.exitCode = 1),
);
if (process.connected) process.disconnect();
