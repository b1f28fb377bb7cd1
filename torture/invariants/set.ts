// Unique writes: each that was acknowledged is there once, under an epoch of the side that wrote it, and no other is.
import type { Side } from '../../strangler/ownership/replica.ts';
import type { History, Span } from '../load/history.ts';
import type { FinalRows, Finding, Settled, Verdict } from './invariant.ts';

/** The monolith owns in the first epoch, and each grant gives the next to the other side. */
const ownerOf = (epoch: number): Side => (epoch % 2 === 1 ? 'monolith' : 'service');

/** @param settled what was given up: where its key is found, it counts as acknowledged. */
export function judgeSet(
  { elements }: Pick<History, 'elements'>,
  settled: readonly Settled[],
  rows: Pick<FinalRows, 'elements' | 'elementsElsewhere'>,
): readonly Verdict[] {
  const expected = new Map<number, Span>(elements);
  const given = new Map<number, Span>();
  for (const { open, answer } of settled) {
    if (open.operation.kind !== 'add') continue;
    if (answer === undefined) given.set(open.operation.element, open);
    else expected.set(open.operation.element, open);
  }
  const counts = new Map<number, number>();
  for (const { element } of rows.elements) counts.set(element, (counts.get(element) ?? 0) + 1);

  const lost: Finding[] = [...expected]
    .filter(([element]) => !counts.has(element))
    .map(([element, span]) => ({
      text: `element ${element} was acknowledged, and is not at the owner`,
      span,
    }));
  const twice: Finding[] = [];
  for (const [element, count] of counts) {
    if (count > 1)
      twice.push({
        text: `element ${element} was added ${count} times under one key`,
        span: expected.get(element) ?? given.get(element),
      });
    if (!expected.has(element))
      twice.push({
        text: `element ${element} is at the owner, and ${given.has(element) ? 'its key is not' : 'nobody was told so'}`,
        span: given.get(element),
      });
  }
  const everywhere = [...rows.elements, ...rows.elementsElsewhere];
  const strange: Finding[] = everywhere
    .filter(({ epoch, side }) => ownerOf(epoch) !== side)
    .map(({ element, epoch, side }) => ({
      text: `the ${side} wrote element ${element} under epoch ${epoch}, which is not its own`,
      span: expected.get(element),
    }));
  return [
    { invariant: 'every acknowledged write is at the owner', checked: expected.size, findings: lost },
    { invariant: 'one effect for each key', checked: counts.size, findings: twice },
    {
      invariant: 'no commit under an epoch of the other side',
      checked: everywhere.length,
      findings: strange,
    },
  ];
}
