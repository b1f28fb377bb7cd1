import { exerciseFolder, shownBy, workshop } from './testing-workshop.ts';

const exercise = exerciseFolder('03-write-the-fence');

test('the exercise as it is handed out fails, and says what its page shows', async () => {
  const { code, output } = await workshop('check', '03');
  expect(output).toBe(shownBy(exercise));
  expect(code).toBe(1);
});

test('its solution passes every check', async () => {
  const { code, output } = await workshop('check', '3', '--solution');
  expect(output.trim()).toMatch(/^(✓ .*\n){9}9 of 9 checks passed$/);
  expect(code).toBe(0);
});
