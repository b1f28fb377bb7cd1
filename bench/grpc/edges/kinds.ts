// The edges that are measured, and what the process of one tells.

export const EDGES = [
  /** As the monolith serves REST. */
  'express',
  'express-unvalidated',
  /** Express, and nothing around the handler. */
  'express-bare',
  'http',
  /** As a service serves gRPC. */
  'grpc',
  'grpc-unvalidated',
  /** Grpc-js, and nothing around the handler. */
  'grpc-bare',
] as const;
export type EdgeKind = (typeof EDGES)[number];

export interface EdgeState {
  /** Where the handlers are served. */
  readonly port: number;
  /** So far, user and system. */
  readonly cpuSeconds: number;
}
