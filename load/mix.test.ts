import { createDice } from './dice.ts';
import { CUSTOMER_ACTIONS, DEFAULT_MIX, drawAction, parseMix } from './mix.ts';

test('a mix is read by name, and what is not named does not happen', () => {
  expect(parseMix('browse=2, checkout=1')).toEqual({ browse: 2, cart: 0, add: 0, index: 0, checkout: 1 });
});

test.each(['', 'browse', 'browse=-1', 'browse=1.5', 'search=1', 'browse=1,browse=2', 'browse=0'])(
  'the mix "%s" is refused, with an example',
  (text) => {
    expect(() => parseMix(text)).toThrow(/browse=10,cart=3,add=2,index=1,checkout=1/);
  },
);

test('actions are drawn as often as their weights say', () => {
  const drawn = Array.from({ length: 17_000 }, (_, index) => drawAction(DEFAULT_MIX, createDice(1, index)));
  for (const action of CUSTOMER_ACTIONS) {
    const count = drawn.filter((name) => name === action).length;
    expect(Math.abs(count - DEFAULT_MIX[action] * 1_000)).toBeLessThan(150);
  }
});
