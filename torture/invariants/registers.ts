// Registers: what callers saw of each is one order of events that keeps to the time of every caller.
//
// A register is a value with a version, and a compare-and-set that succeeds makes the next version. So versions are a
// witness: they order all changes, and each look stands after the change whose version it saw. It is enough to check
// that this one order is possible: versions without gap or double, each change upon the value before it, each look with
// the value of its version, and nothing before what had been completed when it was invoked. An order that passes is a
// linearization, so whatever passes is linearizable; and there is no other order that could, since versions are part of
// what is read.
import { INITIAL_VALUE } from '../ground/ground.ts';
import type { RegisterEvent } from '../load/history.ts';
import type { FinalRows, Finding, Verdict } from './invariant.ts';

export function judgeRegisters(
  history: ReadonlyMap<number, readonly RegisterEvent[]>,
  rows: Pick<FinalRows, 'registers'>,
): Verdict {
  const findings: Finding[] = [];
  let checked = 0;
  for (const { register, value, version } of rows.registers) {
    const events = history.get(register) ?? [];
    checked += events.length;
    const last: RegisterEvent = { invoked: Infinity, completed: Infinity, value, version };
    for (const { text, span } of judgeOne([...events, last]))
      findings.push({ text: `register ${register}: ${text}`, span });
  }
  return { invariant: 'registers are linearizable', checked, findings };
}

/** @param events the last of them a look at the end. @param initial what was there before all of them. */
export function judgeOne(
  events: readonly RegisterEvent[],
  initial: Pick<RegisterEvent, 'value' | 'version'> = { value: INITIAL_VALUE, version: 0 },
): readonly Finding[] {
  const findings: Finding[] = [];
  const order = events.toSorted(
    (one, other) => one.version - other.version || rank(one) - rank(other) || one.invoked - other.invoked,
  );
  let [value, version, latestBegin] = [initial.value, initial.version, -Infinity];
  // Looks at one version are in no order among themselves.
  let latestLook = -Infinity;
  for (const event of order) {
    const say = (text: string) => void findings.push({ text, span: event });
    if (event.replaced === undefined) {
      if (event.version !== version) say(`version ${event.version} was seen, and nobody made it`);
      else if (event.value !== value) say(`version ${version} was seen as ${event.value}, and is ${value}`);
      if (event.completed < latestBegin) say(`version ${event.version} was seen before it was made`);
      latestLook = Math.max(latestLook, event.invoked);
    } else {
      latestBegin = Math.max(latestBegin, latestLook);
      if (event.version === version) say(`version ${version} was made twice: ${value} and ${event.value}`);
      else if (event.version !== version + 1)
        say(`version ${event.version} was made after version ${version}`);
      else if (event.replaced !== value)
        say(`version ${event.version} replaced ${event.replaced}, where ${value} was`);
      if (event.completed < latestBegin)
        say(`version ${event.version} was made before an earlier one was begun or seen`);
      [value, version] = [event.value, event.version];
      latestBegin = Math.max(latestBegin, event.invoked);
    }
  }
  return findings;
}

const rank = ({ replaced }: RegisterEvent) => (replaced === undefined ? 1 : 0);
