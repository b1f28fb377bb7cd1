// Warns while the seed's administrator still has the password that everybody knows.
import { ShopError } from '#platform/errors.ts';
import type { Logger } from '#platform/logger.ts';
import type { Customers } from './customers.ts';

const EMAIL = 'admin@shop.test';
const PASSWORD = 'shop-admin';

export async function warnOfDemoAdministrator(customers: Customers, log: Logger): Promise<void> {
  try {
    await customers.signIn(EMAIL, PASSWORD, 'the shop itself');
    log.warn(
      `${EMAIL} still has the password that the README names: whoever reaches this shop can change it`,
    );
  } catch (error) {
    if (!(error instanceof ShopError))
      log.error({ err: error }, 'could not look at the administrator’s password');
  }
}
