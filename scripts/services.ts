// The gRPC processes beside the monolith, one a line: each has a database of its own, and is started again when it dies.
import { port, readConfig, setting } from '#platform/config.ts';

export interface Service {
  /** A folder of prisma/, and what its settings begin with. */
  readonly name: string;
  /** In messages. */
  readonly title: string;
  /** Its process is this folder's main.ts. */
  readonly folder: string;
  /** Whether it works on the databases of all others: it is told how to reach the server then. */
  readonly seesAllDatabases?: true;
  /** By default. */
  readonly ports: ServicePorts;
}

export interface ServicePorts {
  readonly grpc: number;
  /** Of the page for Prometheus. */
  readonly metrics: number;
}

/** The page for Prometheus has the port a thousand above. */
const portsFrom = (grpc: number): ServicePorts => ({ grpc, metrics: grpc + 1_000 });

/** A service that was pulled out of the monolith. */
export const extracted = (name: string, port: number): Service => ({
  name,
  title: `${name} service`,
  folder: `extracted/${name}`,
  ports: portsFrom(port),
});

/** A process that steers the others. */
export const control = (name: string, folder: string, port: number): Service => ({
  name,
  title: name,
  folder,
  seesAllDatabases: true,
  ports: portsFrom(port),
});

const services: Service[] = [];
services.push(extracted('catalog', 50_051)); // from stage-3
services.push(control('switch', 'strangler/switch', 50_050)); // from stage-3

export const SERVICES: readonly Service[] = services;

/** Those that the monolith asks, by their names: it is told where they are. */
const asked: string[] = [];
asked.push('catalog'); // from stage-4

export const ASKED_BY_MONOLITH: readonly string[] = asked;

/** How a service's process calls a setting of its own: `CATALOG_PORT`. */
export const variableOf = (service: string, what: string) => `${service.toUpperCase()}_${what}`;

/** How a process calls the address of a service: `GATEWAY_CATALOG_ADDRESS`. */
export const addressVariable = (process: string, service: string) =>
  variableOf(process, variableOf(service, 'ADDRESS'));

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

/** The variables that hold a port: by service, and all others of a shop with this in front. */
export const portVariables = (front: { readonly name: string }) => ({
  services: Object.fromEntries(SERVICES.map(({ name }) => [name, variableOf(name, 'PORT')])),
  others: [
    ...['MONOLITH_PORT', 'PAYMENT_PROVIDER_PORT', variableOf(front.name, 'PORT')],
    ...SERVICES.map(({ name }) => variableOf(name, 'METRICS_PORT')),
  ],
});
