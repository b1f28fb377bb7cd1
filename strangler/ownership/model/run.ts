// Explores every scenario and every mutant, and prints how many states each has: node strangler/ownership/model/run.ts
import { explore } from './explore.ts';
import { MUTANTS, RULES } from './rules.ts';
import { SCENARIOS } from './scenarios.ts';

const begin = performance.now();
let total = 0;
for (const [name, start] of Object.entries(SCENARIOS)) {
  const { states, steps, broken } = explore(start, RULES);
  total += states;
  console.log(`${name}: ${states} states, ${steps} steps, ${broken?.invariant ?? 'every invariant holds'}`);
  for (const action of broken?.trace ?? []) console.log(`  ${action}`);
}
console.log(`${total} states in ${((performance.now() - begin) / 1_000).toFixed(1)} s`);
for (const [name, { rules, scenario }] of Object.entries(MUTANTS)) {
  const { broken } = explore(SCENARIOS[scenario], rules);
  console.log(`\nmutant, ${name}: ${broken?.invariant ?? 'NOT FOUND'}`);
  for (const action of broken?.trace ?? []) console.log(`  ${action}`);
}
