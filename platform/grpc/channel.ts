// How a client spreads its calls over several servers, and which of them it repeats.
import { isIPv4, isIPv6 } from 'node:net';
import type { ChannelOptions } from '@grpc/grpc-js';
import { SetupError } from '../setup-error.ts';
import { describeService, isRepeatable } from './descriptors.ts';

/**
 * In gRPC's notation: one address as it is (a name may stand for several), several as a list.
 * @throws {SetupError} where several are not all of one family of IP addresses: gRPC resolves only those.
 */
export function targetOf(addresses: readonly string[]): string {
  const [first, ...others] = addresses;
  if (first === undefined) throw new SetupError('a gRPC client needs an address: host:port');
  if (others.length === 0) return first;
  const hosts = addresses.map((address) => address.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1'));
  const scheme = hosts.every(isIPv4) ? 'ipv4' : hosts.every(isIPv6) ? 'ipv6' : undefined;
  if (scheme === undefined)
    throw new SetupError(
      `${addresses.join(', ')}: several addresses must be IP addresses of one family; give one name instead, that stands for all`,
    );
  return `${scheme}:${addresses.join(',')}`;
}

/** A server that is restarted is away for about this long. */
const RETRY_POLICY = {
  maxAttempts: 4,
  initialBackoff: '0.05s',
  maxBackoff: '0.5s',
  backoffMultiplier: 3,
  retryableStatusCodes: ['UNAVAILABLE'],
};

/** Only what the contract calls free of side effects is repeated: after a lost answer, nobody knows what was done. */
export function serviceConfig(service: string): ChannelOptions {
  const name = describeService(service)
    .methods.filter(isRepeatable)
    .map((method) => ({ service, method: method.name }));
  return {
    'grpc.service_config': JSON.stringify({
      loadBalancingConfig: [{ round_robin: {} }],
      methodConfig: name.length === 0 ? [] : [{ name, retryPolicy: RETRY_POLICY }],
    }),
    // Otherwise a TXT record of whoever answers for the name could replace it.
    'grpc.service_config_disable_resolution': 1,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 2_000,
  };
}
