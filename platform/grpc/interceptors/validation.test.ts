import { openGround } from '../testing/ground.ts';

const ground = openGround();
afterAll(() => ground.close());

test('a request that breaks rules is refused with every violated field, and no handler sees it', async () => {
  let handled = 0;
  const client = ground.connect([
    await ground.listen({
      read: async ({ text }) => {
        handled += 1;
        return { text };
      },
    }),
  ]);
  await expect(client.read({ text: '', numbers: [1, 10, 1] })).rejects.toMatchObject({
    kind: 'invalid_argument',
    code: 'invalid_request',
    details: {
      violations: [
        { pointer: '/text', message: 'must be at least 1 characters' },
        { pointer: '/numbers', message: 'repeated value must contain unique items' },
        { pointer: '/numbers/1', message: 'must be less than or equal to 9' },
      ],
    },
  });
  expect(handled).toBe(0);
  expect(await client.read({ text: 'x', numbers: [1, 9] })).toEqual({ text: 'x' });
  expect(handled).toBe(1);
});

test('so many violations that they would not fit into the answer are cut, and the answer arrives', async () => {
  const client = ground.connect([await ground.listen()]);
  const numbers = Array.from({ length: 10_000 }, (_, at) => at + 100);
  const refused = client.read({ text: 'x', numbers });
  await expect(refused).rejects.toMatchObject({ kind: 'invalid_argument' });
  await refused.catch((error: { details: { violations: unknown[] } }) => {
    expect(error.details.violations).toHaveLength(25);
  });
});
