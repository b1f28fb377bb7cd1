import { ERROR_KINDS, ShopError } from '../../errors.ts';
import { openGround, recordingLog } from '../testing/ground.ts';

const { log, lines } = recordingLog();
const ground = openGround();
afterAll(() => ground.close());

let toThrow: Error;
const failing = async () => {
  const translateError = (error: unknown) =>
    error instanceof RangeError ? new ShopError('unavailable', 'unavailable', 'Translated.') : undefined;
  const server = await ground.listen({ write: () => Promise.reject(toThrow) }, { log, translateError });
  return ground.connect([server]);
};

test.each(ERROR_KINDS)('an error of the kind %s comes out as it went in', async (kind) => {
  const details = {
    violations: [{ pointer: '/product/tags/3', message: 'must be something' }],
    retryAfter: 7,
    extra: { productId: 'p', available: 2, names: ['a'] },
  };
  toThrow = new ShopError(kind, 'some_code', 'Some words: äöü.', details);
  const caught: unknown = await (await failing()).write({ text: 'x' }).catch((error: unknown) => error);
  expect(caught).toBeInstanceOf(ShopError);
  expect(caught).toMatchObject({ kind, code: 'some_code', message: 'Some words: äöü.', details });
});

test('of an unexpected error a caller learns nothing but the id it is logged under', async () => {
  toThrow = new Error('password=hunter2 at /srv/app.ts:1');
  const caught = await (await failing()).write({ text: 'x' }).catch((error: unknown) => error);
  expect(caught).toMatchObject({ kind: 'internal', code: 'internal' });
  const { cause, ...visible } = caught as ShopError & { cause: { metadata: { toJSON(): unknown } } };
  const everything = JSON.stringify([visible, caught, cause.metadata.toJSON()]);
  expect(everything).not.toMatch(/hunter2|app\.ts/);
  const logged = lines.find(({ msg }) => msg === 'unexpected error');
  expect(JSON.stringify(logged)).toContain('hunter2');
  expect((caught as ShopError).message).toContain(String(logged?.['requestId']));
});

test('a failure of a technology is translated', async () => {
  toThrow = new RangeError('connection lost');
  await expect((await failing()).write({ text: 'x' })).rejects.toMatchObject({
    kind: 'unavailable',
    message: 'Translated.',
  });
});
