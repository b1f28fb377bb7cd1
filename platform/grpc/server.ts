// A gRPC server with everything that the shop expects of one: health, reflection, interceptors, limits, an orderly stop.
import { setTimeout as sleep } from 'node:timers/promises';
import { Server, ServerCredentials, setLogger, type ServiceDefinition } from '@grpc/grpc-js';
import type { Registry } from 'prom-client';
import { ShopError, type TranslateError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { SetupError } from '../setup-error.ts';
import { answerStream, answerUnary, type Answering } from './answer.ts';
import { createGrpcHealth } from './health.ts';
import type { ServerInterceptor } from './interceptor.ts';
import { serverDeadlines } from './interceptors/deadlines.ts';
import { serverErrors } from './interceptors/errors.ts';
import { faultsOf, serverFaults, type Faults } from './interceptors/faults.ts';
import { serverLogging } from './interceptors/logging.ts';
import { serverMetrics } from './interceptors/metrics.ts';
import { serverTracing } from './interceptors/tracing.ts';
import { serverValidation } from './interceptors/validation.ts';
import { KEEPALIVE, MESSAGE_LIMITS } from './limits.ts';
import { addReflection } from './reflection.ts';
import type { ServedService } from './serve.ts';
import { nameOf } from './service.ts';

export interface GrpcServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** For messages: `catalog`. */
  readonly name: string;
  readonly services: readonly ServedService[];
  readonly log: Logger;
  /** Where rate, errors and duration are counted; nowhere without it. */
  readonly registry?: Registry;
  /** Throws where the process cannot serve just now: health is red then. */
  readonly ready?: () => Promise<void>;
  /** Knows the failures of a technology. */
  readonly translateError?: TranslateError;
  /** More of them, innermost. */
  readonly interceptors?: readonly ServerInterceptor[];
  /** Faults on purpose; without it, those of the environment. */
  readonly faults?: Faults;
}

export interface GrpcServer {
  readonly port: number;
  /**
   * Health turns red, and clients get `drainMs` to notice; then no new connection or call is accepted, and every call
   * that is under way is answered, or cut off after `forceMs`.
   */
  stop(drainMs: number, forceMs?: number): Promise<void>;
}

/** @throws {SetupError} one line, where the port is taken. */
export async function listenGrpc(options: GrpcServerOptions): Promise<GrpcServer> {
  const { host, port, name, services, log } = options;
  // What grpc-js writes to the terminal by itself is told better by the error that comes with it.
  setLogger({ error: (...words: unknown[]) => log.debug({ words }, 'grpc-js') });
  const stopping = new AbortController();
  const names = [...new Set(services.flat().map(({ description }) => nameOf(description).service))];
  const health = createGrpcHealth(names, options.ready ?? (() => Promise.resolve()));
  const server = new Server({ ...MESSAGE_LIMITS, ...KEEPALIVE });
  const answering: Answering = { interceptors: interceptorsOf(options), stopping: stopping.signal };
  for (const service of [...services, health.service]) addService(server, service, answering);
  addReflection(server, names, stopping.signal);

  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, actual) =>
      error ? reject(explain(error, port, name)) : resolve(actual),
    );
  });

  return {
    port: bound,
    async stop(drainMs, forceMs = 10_000) {
      health.drain();
      await sleep(drainMs);
      stopping.abort(new ShopError('unavailable', 'unavailable', `The ${name} is about to stop.`));
      const force = setTimeout(() => {
        log.warn(`calls that were not answered within ${forceMs} ms are cut off`);
        server.forceShutdown();
      }, forceMs);
      await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      clearTimeout(force);
    },
  };
}

/** The first is outermost: what measures stands around what translates, and that around what refuses. */
export const interceptorsOf = ({
  name,
  log,
  registry,
  translateError,
  interceptors,
  faults = faultsOf(name),
}: GrpcServerOptions) => [
  serverTracing,
  serverLogging(log),
  ...(registry === undefined ? [] : [serverMetrics(registry)]),
  serverErrors(log, translateError ?? (() => undefined)),
  serverDeadlines,
  serverValidation,
  ...(faults === undefined ? [] : [serverFaults(faults)]),
  ...(interceptors ?? []),
];

export function addService(server: Server, service: ServedService, answering: Answering): void {
  const entries = service.map((method) => {
    const { path, requestStream, responseStream, responseSerialize } = method.description;
    // Decoded inside the interceptors, so that what cannot be read is measured and answered like any other error.
    const definition = {
      ...{ path, requestStream, responseStream, responseSerialize },
      requestSerialize: (bytes: Buffer) => bytes,
      requestDeserialize: (bytes: Buffer) => bytes,
      responseDeserialize: (bytes: Buffer) => bytes,
    };
    const answer = responseStream ? answerStream(method, answering) : answerUnary(method, answering);
    return { definition, answer };
  });
  server.addService(
    Object.fromEntries(entries.map(({ definition }) => [definition.path, definition])) as ServiceDefinition,
    Object.fromEntries(entries.map(({ definition, answer }) => [definition.path, answer])),
  );
}

/** gRPC tells of a port that cannot be bound in words alone. */
function explain(error: Error, port: number, name: string): Error {
  if (!error.message.includes('EADDRINUSE')) return error;
  return new SetupError(
    `port ${port} (${name}) is taken: end the program that holds it, or set SHOP_PORT_OFFSET to shift every port`,
    { cause: error },
  );
}
