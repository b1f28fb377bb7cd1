import { explore } from './explore.ts';
import { MUTANTS, RULES } from './rules.ts';
import { SCENARIOS, type ScenarioName } from './scenarios.ts';

/** So many states each: fewer would mean that something does not happen any more. */
const AT_LEAST: Readonly<Record<ScenarioName, number>> = {
  'there and back, with two coordinators': 10_000,
  'there, back and there again': 5_000,
  'snapshots older than the right': 20_000,
  'the first copy': 50_000,
  'the first copy, with two coordinators': 15_000,
  'a table that comes later': 30_000,
  'a superuser beside it': 10_000,
  'completed, with crashes': 1_000,
};

test.each(Object.entries(SCENARIOS))('every invariant holds in every state of: %s', (name, start) => {
  const { broken, states } = explore(start, RULES);
  expect(broken).toBeUndefined();
  expect(states).toBeGreaterThan(AT_LEAST[name as ScenarioName]);
});

const FOUND: Readonly<Record<string, RegExp>> = {
  'no isolation check in the fence': /^a local commit under a right that the monolith does not have/,
  'no attempt counter': /^the service owns, and lacks the acknowledged write/,
  'a grant out of band': /two active owners$/,
  'a grant before every table is ready': /^the service owns, and lacks the acknowledged write/,
  'a confirmation that a crash of the target takes back':
    /the service owns, and lacks the acknowledged write/,
  'a slot that is dropped before the receiver has flushed': /^when all has settled nobody owns$/,
  'no fence in front of replicated changes': /nobody owns$/,
  'no fence in front of replicated data': /^b0 flows into the monolith, which owns$/,
  'a drain that does not wait for who has passed': /^a local commit under a right/,
  'no fence in front of local writes': /^a local commit under a right/,
  'a drain that leaves the fence open': /^a local commit under a right/,
};

test.each(Object.entries(MUTANTS))(
  'the model finds %s, and tells the way there',
  (name, { rules, scenario }) => {
    const { broken } = explore(SCENARIOS[scenario], rules);
    expect(broken?.invariant).toMatch(FOUND[name] ?? /never/);
    expect(broken?.trace.length).toBeGreaterThan(0);
  },
);

test('an exploration that does not end within its bound says so, and proves nothing', () => {
  expect(() => explore(SCENARIOS['the first copy'], RULES, 1_000)).toThrow(
    'more than 1000 states: nothing is proved',
  );
});
