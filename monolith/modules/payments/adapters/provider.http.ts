// The payment provider over HTTP. Whatever is not a clear answer is `unknown`: a timeout does not say that nothing
// was charged.
import type { Logger } from '#platform/logger.ts';
import type { Charge, ChargeOutcome, PaymentProvider, ReversalOutcome } from '../provider.ts';

interface Answer {
  readonly code?: string;
  readonly status?: string;
}

/** @param timeoutMs after which an answer counts as lost. */
export function createHttpPaymentProvider(baseUrl: string, timeoutMs: number, log: Logger): PaymentProvider {
  async function post(
    path: string,
    body: object,
    headers: Record<string, string> = {},
  ): Promise<Answer | undefined> {
    try {
      const response = await fetch(new URL(path, baseUrl), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(timeoutMs),
      });
      return (await response.json()) as Answer;
    } catch (error) {
      log.warn({ err: error }, `the payment provider did not answer ${path}`);
      return undefined;
    }
  }

  return {
    async charge({ key, token, amount, currency }: Charge): Promise<ChargeOutcome> {
      const answer = await post('/charges', { token, amount, currency }, { 'idempotency-key': key });
      const outcomes = ['captured', 'declined', 'voided'] as const;
      return outcomes.find((outcome) => outcome === answer?.status) ?? 'unknown';
    },

    async reverse(key: string): Promise<ReversalOutcome> {
      // One call for both cases: the provider refunds what is captured, and closes the key where nothing is.
      const answer = await post('/refunds', { key });
      if (answer?.status === 'refunded') return 'refunded';
      return answer?.status === 'voided' || answer?.status === 'declined' ? 'voided' : 'unknown';
    },
  };
}
