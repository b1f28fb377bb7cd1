import { createCustomers } from './customers.ts';

test('everybody has an e-mail address of their own, however many they are', () => {
  const customers = createCustomers(1, 100_000);
  const emails = new Set<string>();
  for (let index = 0; index < customers.count; index += 1) emails.add(customers.at(index).email);
  expect(emails.size).toBe(customers.count);
  for (const email of emails) if (!/^[a-z]+(\.[a-z]+\d*)?@shop\.test$/.test(email)) throw new Error(email);
});

test('the first customer is Ada Lovelace, under every seed', () => {
  for (const seed of [1, 2, 99])
    expect(createCustomers(seed, 1).at(0)).toMatchObject({ email: 'ada@shop.test', name: 'Ada Lovelace' });
});

test('an address names the customer, a town and its postal code', () => {
  const customers = createCustomers(1, 50);
  for (let index = 0; index < 50; index += 1)
    expect(customers.addressOf(index)).toMatchObject({
      name: customers.at(index).name,
      line1: expect.stringMatching(/^\d+ \S/) as string,
      postalCode: expect.stringMatching(/^[A-Z]\d\d [0-9A-Z]{4}$/) as string,
      country: 'IE',
    });
});
