// What must hold of the shop, from what its callers were told and what its databases hold in the end.
import { judgeOne } from '../invariants/registers.ts';
import type { Finding, Verdict } from '../invariants/invariant.ts';
import { INITIAL_PRICE } from './databases.ts';
import type { ShopEnd } from './end.ts';
import type { ShopHistory, Sight } from './history.ts';

const BEFORE = { value: INITIAL_PRICE, version: 1 };

export function judgeShop(history: ShopHistory, end: ShopEnd): readonly Verdict[] {
  return [
    ...judgeProducts(history, end),
    judgePrices(history, end),
    judgeSights(history),
    ...judgeAnswers(history),
    { invariant: 'shop: both sides hold the same', checked: 1, findings: end.differences },
  ];
}

function judgeProducts(
  { created }: Pick<ShopHistory, 'created'>,
  { products, throughGateway }: Pick<ShopEnd, 'products' | 'throughGateway'>,
): readonly Verdict[] {
  const rows = Map.groupBy(products, ({ sku }) => sku);
  const lost: Finding[] = [];
  for (const [sku, { id, ...span }] of created)
    if (rows.get(sku)?.some((row) => row.id === id) !== true)
      lost.push({ text: `product ${sku} was made as ${id}, and is not at the owner`, span });
  for (const { id, answered } of throughGateway)
    if (answered === undefined) lost.push({ text: `product ${id} is not to be had at the gateway` });
  const strange: Finding[] = [];
  for (const [sku, found] of rows) {
    if (found.length > 1) strange.push({ text: `product ${sku} was made ${found.length} times` });
    if (!created.has(sku)) strange.push({ text: `product ${sku} is at the owner, and nobody was told so` });
  }
  return [
    {
      invariant: 'shop: every acknowledged product is there',
      checked: created.size + throughGateway.length,
      findings: lost,
    },
    { invariant: 'shop: one product for each key', checked: rows.size, findings: strange },
  ];
}

/** Changes alone: each look is at what its session has seen, not at the newest. */
function judgePrices(
  { changes }: Pick<ShopHistory, 'changes'>,
  { prices, throughGateway }: Pick<ShopEnd, 'prices' | 'throughGateway'>,
): Verdict {
  const findings: Finding[] = [];
  let checked = 0;
  for (const { id, value, version } of prices) {
    const events = changes.get(id) ?? [];
    checked += events.length;
    const last = { invoked: Infinity, completed: Infinity, value, version };
    for (const { text, span } of judgeOne([...events, last], BEFORE))
      findings.push({ text: `product ${id}: ${text}`, span });
    const answered = throughGateway.find((one) => one.id === id)?.answered;
    if (answered !== undefined && (answered.version !== version || answered.value !== value))
      findings.push({
        text: `product ${id} costs ${value} at version ${version}, and the gateway says ${answered.value} at ${answered.version}`,
      });
  }
  return { invariant: 'shop: prices are linearizable', checked, findings };
}

/** Reads may be split between the sides: what a session has seen it sees from then on, and nobody sees what is not. */
export function judgeSights({ sights, changes }: Pick<ShopHistory, 'sights' | 'changes'>): Verdict {
  const findings: Finding[] = [];
  const newest = new Map<string, Sight>();
  const made = new Map<string, { readonly value: number; readonly invoked: number }>();
  for (const [product, events] of changes)
    for (const { version, value, invoked } of events) made.set(`${product} ${version}`, { value, invoked });
  for (const sight of sights) {
    const { session, product, version, amount } = sight;
    const say = (text: string) =>
      void findings.push({ text: `session ${session}, product ${product}: ${text}`, span: sight });
    const of = made.get(`${product} ${version}`);
    const value = version === BEFORE.version ? BEFORE.value : of?.value;
    if (value === undefined) say(`version ${version} was seen, and nobody made it`);
    else if (value !== amount) say(`version ${version} was seen as ${amount}, and is ${value}`);
    if (of !== undefined && of.invoked > sight.completed)
      say(`version ${version} was seen before it was made`);
    const before = newest.get(`${session} ${product}`);
    if (before !== undefined && before.version > version)
      say(`version ${version} was seen after version ${before.version}`);
    else newest.set(`${session} ${product}`, sight);
  }
  return { invariant: 'shop: no session sees less than it has seen', checked: sights.length, findings };
}

function judgeAnswers({ counts, open, unexpected }: ShopHistory): readonly Verdict[] {
  const checked = counts.ok + counts.delayed + counts.failed + counts.unknown;
  return [
    {
      invariant: 'shop: a planned switch lets no caller down',
      checked,
      findings: open
        .filter(({ disturbed }) => !disturbed)
        .map(({ outcome, operation, reason, ...span }) => ({
          text: `${outcome} without any fault: ${JSON.stringify(operation)}: ${reason}`,
          span,
        })),
    },
    {
      invariant: 'shop: callers meet no answer but the expected ones',
      checked,
      findings: [...unexpected].map(([text, count]) => ({ text: `${count} × ${text}` })),
    },
  ];
}
