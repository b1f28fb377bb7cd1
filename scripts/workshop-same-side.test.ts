import { exerciseFolder, shownBy, workshop } from './testing-workshop.ts';

const exercise = exerciseFolder('02-the-same-side');

test('the exercise as it is handed out fails, and says what its page shows', async () => {
  const { code, output } = await workshop('check', '02');
  expect(output).toBe(shownBy(exercise));
  expect(code).toBe(1);
});

test('its solution passes every check', async () => {
  const { code, output } = await workshop('check', '2', '--solution');
  expect(output.trim()).toMatch(/^(✓ .*\n){6}6 of 6 checks passed$/);
  expect(code).toBe(0);
});
