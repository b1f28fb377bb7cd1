// The load client as seen by the process that measures: an order goes out, a result comes back.
import type { Child } from '#platform/children.ts';
import type { ClosedLoop, LoopResult } from './client/closed-loop.ts';

export interface LoadClient {
  run(order: ClosedLoop): Promise<LoopResult>;
}

export const createLoadClient = ({ port }: Child): LoadClient => ({
  async run(order) {
    const response = await fetch(`http://127.0.0.1:${port}`, {
      method: 'POST',
      body: JSON.stringify(order),
      // The pauses between two orders may be as long as the server keeps a connection.
      headers: { connection: 'close' },
    });
    if (!response.ok) throw new Error(`the load client failed: ${await response.text()}`);
    return (await response.json()) as LoopResult;
  },
});
