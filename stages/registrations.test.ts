import { keepRegistrations, registeredStages } from './registrations.ts';

const doors = `import { front } from './front.ts';
import { side } from './side.ts'; // from stage-1
import { back } from './back.ts'; // from stage-10

export const doors = [
  front, // the only one at first
  side, // from stage-1
  back, // from stage-10
];
`;

test('later registrations are dropped, and the marks of the others stripped', () => {
  expect(keepRegistrations(doors, 1)).toBe(`import { front } from './front.ts';
import { side } from './side.ts';

export const doors = [
  front, // the only one at first
  side,
];
`);
});

test('the last stage has every line, the first none that is marked', () => {
  expect(keepRegistrations(doors, 10)).toBe(doors.replaceAll(/ \/\/ from stage-\d+/g, ''));
  expect(keepRegistrations(doors, 0)).not.toMatch(/side|back/);
});

test('a mark counts only at the end of its line', () => {
  const text = 'a(); // from stage-1 on, b() is called too\n';
  expect(keepRegistrations(text, 0)).toBe(text);
  expect(registeredStages(doors + text)).toEqual([1, 10, 1, 10]);
});
