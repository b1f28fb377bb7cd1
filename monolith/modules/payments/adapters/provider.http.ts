// The payment provider over HTTP. A lost answer is `unknown`: a timeout does not say that nothing was charged. An
// answer that cannot be understood is an error, since asking again will not help.
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
      // A server in trouble says nothing about the charge; one that answers otherwise is to be understood.
      if (response.status >= 500 || response.status === 429) return undefined;
      return (await response.json()) as Answer;
    } catch (error) {
      log.warn({ err: error }, `the payment provider did not answer ${path}`);
      return undefined;
    }
  }

  return {
    async charge({ key, token, amount, currency }: Charge): Promise<ChargeOutcome> {
      const answer = await post('/charges', { token, amount, currency }, { 'idempotency-key': key });
      if (answer === undefined) return 'unknown';
      // Refunded: somebody has cancelled the order meanwhile.
      if (answer.status === 'refunded') return 'voided';
      if (answer.status === 'captured' || answer.status === 'declined' || answer.status === 'voided')
        return answer.status;
      throw new Error(
        `the payment provider refuses the charge ${key}: ${answer.code ?? JSON.stringify(answer)}`,
      );
    },

    async reverse(key: string): Promise<ReversalOutcome> {
      // One call for both cases: the provider refunds what is captured, and closes the key where nothing is.
      const answer = await post('/refunds', { key });
      if (answer === undefined) return 'unknown';
      if (answer.status === 'refunded' || answer.status === 'voided') return answer.status;
      if (answer.status === 'declined') return 'voided';
      throw new Error(
        `the payment provider refuses to reverse ${key}: ${answer.code ?? JSON.stringify(answer)}`,
      );
    },
  };
}
