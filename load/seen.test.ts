import { createSeen } from './seen.ts';

test('of a product that was looked at, the highest version so far is known, and of no other', () => {
  const seen = createSeen();
  seen.look('a').end(3);
  const again = seen.look('a');
  expect(again.before).toBe(3);
  again.end(2);
  expect(seen.look('a').before).toBe(3);
  expect(seen.look('b').before).toBeUndefined();
});

test('what became known after a look had begun is not held against it', () => {
  const seen = createSeen();
  const slow = seen.look('a');
  seen.look('a').end(3);
  expect(slow.before).toBeUndefined();
});

test('an answer that was overtaken by another makes forgotten what that one showed, and nothing older', () => {
  const seen = createSeen();
  seen.look('old').end(1);
  const slow = seen.look('slow');
  seen.look('fast').end(7);
  slow.end(2);
  expect(['old', 'slow', 'fast'].map((id) => seen.look(id).before)).toEqual([1, 2, undefined]);
});

test('so does an answer that shows no product', () => {
  const seen = createSeen();
  const cart = seen.look(undefined);
  seen.look('a').end(1);
  cart.end(undefined);
  expect(seen.look('a').before).toBeUndefined();
});
