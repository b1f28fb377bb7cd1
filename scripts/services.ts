// The gRPC services beside the monolith, one a line: each a process of its own, with a database of its own.
import { port, readConfig, setting } from '#platform/config.ts';

export interface Service {
  /** A folder of extracted/, and of prisma/. */
  readonly name: string;
  /** By default. */
  readonly ports: ServicePorts;
}

export interface ServicePorts {
  readonly grpc: number;
  /** Of the page for Prometheus. */
  readonly metrics: number;
}

const services: Service[] = [];
services.push({ name: 'catalog', ports: { grpc: 50_051, metrics: 51_051 } }); // from stage-3

export const SERVICES: readonly Service[] = services;

/** How a service's process calls a setting of its own: `CATALOG_PORT`. */
export const variableOf = (service: string, what: string) => `${service.toUpperCase()}_${what}`;

/** By the name of the service. @throws {SetupError} where a variable does not hold a port. */
export const readServicePorts = (): Readonly<Record<string, ServicePorts>> =>
  Object.fromEntries(
    SERVICES.map(({ name, ports }) => [
      name,
      readConfig({
        grpc: setting(variableOf(name, 'PORT'), port(ports.grpc)),
        metrics: setting(variableOf(name, 'METRICS_PORT'), port(ports.metrics)),
      }),
    ]),
  );
