// What callers may be told: nothing unknown of the shop, no failure where ownership was only moved, no older epoch.
import type { History } from '../load/history.ts';
import { describe, type Settled, type Verdict } from './invariant.ts';

export function judgeCallers(
  { counts, unexpected, olderEpochs }: Pick<History, 'counts' | 'unexpected' | 'olderEpochs'>,
  settled: readonly Settled[],
): readonly Verdict[] {
  const checked = counts.ok + counts.delayed + counts.failed + counts.unknown;
  return [
    {
      invariant: 'a planned switch lets no caller down',
      checked,
      findings: settled
        .filter(({ open }) => !open.disturbed)
        .map(({ open }) => ({
          text: `${open.outcome} without any fault: ${describe(open.operation)}: ${open.reason}`,
          span: open,
        })),
    },
    {
      invariant: 'a write that was refused has no effect',
      checked,
      findings: settled
        .filter(({ open, answer }) => open.outcome === 'failed' && answer !== undefined)
        .map(({ open }) => ({
          text: `refused at every try, and done: ${describe(open.operation)}`,
          span: open,
        })),
    },
    {
      invariant: 'callers meet no error but refusals and lost connections',
      checked,
      findings: [...unexpected].map(([text, count]) => ({ text: `${count} × ${text}` })),
    },
    {
      invariant: 'epochs only grow',
      checked,
      findings: olderEpochs.map((text) => ({ text })),
    },
  ];
}
