// A service as ts-proto describes it (`CatalogServiceService`), and the types that follow from it.

/** One of its calls. Parameters are `never` so that every concrete description fits. */
export interface MethodDescription {
  /** `/shop.catalog.v1.CatalogService/GetProduct` */
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (value: never) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => unknown;
  readonly responseSerialize: (value: never) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => unknown;
}

export type ServiceDescription = Readonly<Record<string, MethodDescription>>;

export type RequestOf<M extends MethodDescription> = ReturnType<M['requestDeserialize']>;
export type ResponseOf<M extends MethodDescription> = ReturnType<M['responseDeserialize']>;

export interface MethodName {
  /** With its package: `shop.catalog.v1.CatalogService`. */
  readonly service: string;
  /** As in the contract: `GetProduct`. */
  readonly method: string;
}

export function nameOf({ path }: MethodDescription): MethodName {
  const [, service = '', method = ''] = path.split('/');
  return { service, method };
}

export function serviceName(description: ServiceDescription): string {
  const [method] = Object.values(description);
  if (method === undefined) throw new Error('a service without a call has no name');
  return nameOf(method).service;
}
