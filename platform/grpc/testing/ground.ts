// For the tests of this folder: servers and clients of the contract that only they serve, over real sockets.
import { pino } from 'pino';
import { TestingServiceService } from '../../../generated/protos/shop/testing/v1/testing.ts';
import type { Logger } from '../../logger.ts';
import { connectGrpc, type GrpcClient, type GrpcClientOptions } from '../client.ts';
import { listenGrpc, type GrpcServer, type GrpcServerOptions } from '../server.ts';
import { serve, type Handlers } from '../serve.ts';

export type TestingHandlers = Handlers<typeof TestingServiceService>;
export type TestingClient = GrpcClient<typeof TestingServiceService>;

export interface Ground {
  /** Serves the given calls; the others answer with what they were sent. */
  listen(
    handlers?: Partial<TestingHandlers>,
    options?: Partial<GrpcServerOptions>,
  ): Promise<GrpcServer & { readonly address: string }>;
  connect(
    servers: readonly { readonly address: string }[],
    options?: Partial<GrpcClientOptions>,
  ): TestingClient;
  /** Whatever was opened is closed, clients first. */
  close(): Promise<void>;
}

const echo: TestingHandlers = {
  read: async ({ text }) => ({ text }),
  write: async ({ text }) => ({ text }),
  async *watch({ count }) {
    for (let number = 1; number <= count; number += 1) yield { number };
  },
};

export function openGround(): Ground {
  const clients: TestingClient[] = [];
  const servers: GrpcServer[] = [];
  return {
    async listen(handlers = {}, options = {}) {
      const server = await listenGrpc({
        host: '127.0.0.1',
        port: 0,
        name: 'test',
        log: pino({ level: 'silent' }),
        services: [serve(TestingServiceService, { ...echo, ...handlers })],
        ...options,
      });
      servers.push(server);
      return { ...server, address: `127.0.0.1:${server.port}` };
    },
    connect(to, options = {}) {
      const client = connectGrpc(TestingServiceService, {
        addresses: to.map(({ address }) => address),
        defaultDeadlineMs: 20_000,
        log: pino({ level: 'silent' }),
        ...options,
      });
      clients.push(client);
      return client;
    },
    async close() {
      for (const client of clients) client.close();
      await Promise.all(servers.map((server) => server.stop(0, 1_000)));
    },
  };
}

export interface LogLine extends Record<string, unknown> {
  readonly level: number;
  readonly msg: string;
}

/** A logger whose lines can be looked at. */
export function recordingLog(): { readonly log: Logger; readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = [];
  const log = pino(
    { level: 'trace' },
    { write: (line: string) => void lines.push(JSON.parse(line) as LogLine) },
  );
  return { log, lines };
}
