// The contracts as data, read once: what ts-proto's code leaves out (the rules of validation, which calls may be
// repeated) is asked here.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createFileRegistry,
  fromBinary,
  type DescMethod,
  type DescService,
  type FileRegistry,
} from '@bufbuild/protobuf';
import {
  FileDescriptorSetSchema,
  MethodOptions_IdempotencyLevel,
  type FileDescriptorProto,
} from '@bufbuild/protobuf/wkt';
import { projectRoot } from '../paths.ts';

interface Descriptors {
  readonly files: readonly FileDescriptorProto[];
  readonly registry: FileRegistry;
}

let read: Descriptors | undefined;

export function descriptors(): Descriptors {
  if (read !== undefined) return read;
  const bytes = readFileSync(join(projectRoot, 'generated/protos/descriptors.binpb'));
  const set = fromBinary(FileDescriptorSetSchema, bytes);
  return (read = { files: set.file, registry: createFileRegistry(set) });
}

/** @param name with its package: `shop.catalog.v1.CatalogService`. */
export function describeService(name: string): DescService {
  const service = descriptors().registry.getService(name);
  if (service === undefined) throw new Error(`no contract describes ${name}`);
  return service;
}

/** Whether repeating the call is harmless: `idempotency_level = NO_SIDE_EFFECTS` in the contract. */
export const isRepeatable = ({ idempotency }: DescMethod): boolean =>
  idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS;
