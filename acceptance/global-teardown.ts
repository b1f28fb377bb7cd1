// After the last test: our own shop stops, and what it has logged as errors is shown, since no answer tells it.
import { rememberedShop } from './run.ts';

const PINO_ERROR = /"level":(50|60|"error"|"fatal")/;

// eslint-disable-next-line no-restricted-syntax -- jest takes the default export
export default async function globalTeardown(): Promise<void> {
  const shop = rememberedShop();
  if (shop === undefined) return;
  await shop.stop();
  const errors = shop.log.filter((line) => PINO_ERROR.test(line));
  if (errors.length > 0) console.error(`the shop logged ${errors.length} errors:\n${errors.join('\n')}`);
}
