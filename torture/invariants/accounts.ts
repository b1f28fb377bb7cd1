// Transfers: no money is made or lost, and each account holds what its acknowledged transfers say.
import { ACCOUNTS, OPENING_BALANCE } from '../ground/ground.ts';
import type { FinalRows, Finding, Verdict } from './invariant.ts';

/** @param changes what acknowledged transfers have changed, by account. */
export function judgeAccounts(
  changes: ReadonlyMap<number, number>,
  { accounts }: Pick<FinalRows, 'accounts'>,
): readonly Verdict[] {
  const sum = accounts.reduce((total, { balance }) => total + balance, 0);
  const expected = ACCOUNTS * OPENING_BALANCE;
  const findings: Finding[] = accounts.flatMap(({ account, balance }) => {
    const due = OPENING_BALANCE + (changes.get(account) ?? 0);
    return balance === due ? [] : [{ text: `account ${account} holds ${balance}, and ${due} is due` }];
  });
  if (accounts.length !== ACCOUNTS)
    findings.push({ text: `there are ${accounts.length} accounts of ${ACCOUNTS}` });
  return [
    {
      invariant: 'sums are conserved',
      checked: accounts.length,
      findings: sum === expected ? [] : [{ text: `all accounts hold ${sum}, and held ${expected}` }],
    },
    { invariant: 'every account holds what was transferred', checked: accounts.length, findings },
  ];
}
