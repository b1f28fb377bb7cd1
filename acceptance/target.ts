// Which shop is judged: the only file of the suite that reads the environment.

/** Where the shop is, as its clients see it. */
export function shopUrl(): string {
  return demand('BASE_URL', 'the address of the shop');
}

/** Where the payment provider is, for the tests that read its ledger. */
export function paymentProviderUrl(): string {
  return demand('PAYMENT_PROVIDER_URL', "the payment provider's ledger, which proves who was charged");
}

export const shopIsGiven = (): boolean => Boolean(process.env['BASE_URL']);

/** Tells the test files, which run in processes of their own, where the shop is that was started for them. */
export function publishTarget(shop: string, paymentProvider: string): void {
  Object.assign(process.env, { BASE_URL: shop, PAYMENT_PROVIDER_URL: paymentProvider });
}

/** The environment of the shop that is started for the tests: passwords are hashed cheaply. */
export const shopEnvironment = (): NodeJS.ProcessEnv => ({ ...process.env, SHOP_SCRYPT_COST: '8' });

/** The number that repeats a run of the fuzz test, if one is given. */
export function fuzzSeed(): number | undefined {
  const given = process.env['FUZZ_SEED'];
  return given ? Number(given) : undefined;
}

function demand(variable: string, what: string): string {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set: this needs ${what}`);
  return value;
}
