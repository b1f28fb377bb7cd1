// Deadlines: nothing is begun that nobody waits for any more, and nothing is waited for that nobody needs.
import { requireTime } from '../../call-context.ts';
import type { ClientInterceptor, ServerInterceptor } from '../interceptor.ts';

/**
 * A call that waited in a queue for longer than its caller is refused. One that is under way ends with its deadline, or
 * with its caller, whether or not the handler heeds the signal.
 */
export const serverDeadlines: ServerInterceptor = async ({ context }, next) => {
  requireTime(context);
  const { signal } = context;
  const gone = Promise.withResolvers<never>();
  const leave = () => gone.reject(signal.reason as Error);
  signal.addEventListener('abort', leave, { once: true });
  try {
    await Promise.race([next(), gone.promise]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
};

/** The last hop's time may have been used up here, by whatever came before this call. */
export const clientDeadlines: ClientInterceptor = async ({ context }, next) => {
  requireTime(context);
  await next();
};
