// What has to be said beside the figures: how they were made, and what they cannot tell.
import type { Comparison } from './figures.ts';

export const CANNOT_SHOW: readonly string[] = [
  'The network: here a hop is loopback. Between machines each costs a round trip more, and can fail by itself.',
  'Scaling out: all shapes share the same few cores, and one PostgreSQL. More processes share them, and add none.',
  'Failure isolation: nothing dies while this is measured. That a shop sells without its catalog service, or a service outlives the monolith, is no figure of this table.',
  'Teams: who can release what without whom, which is what most splits are for.',
  'Time: a quarter of an hour at most, one size of data, one mix of traffic; no deployment, no growth, no bad day.',
];

export const methodOf = ({ seconds, rounds, rate, inFlight, products }: Comparison): string =>
  `${products} products; rounds: ${rounds}, in each of which every shape has its turn, every other round in reverse. ` +
  'In a turn the shop is started, on data that are there; answers for 5 s as much as it can, and then for ' +
  `${seconds} s with ${inFlight} actions in flight (throughput); then ${seconds} s of ${rate} actions a second, ` +
  'whether or not it keeps up (all else). Figures are medians of the rounds, with the lowest and the highest.';

export const READING: readonly string[] = [
  'An action is one request, or two or three; latency counts from when a request was due.',
  'CPU and memory are of the processes of the shape alone: without the traffic, the payment provider, and the process that starts the others. Memory is what is resident; of PostgreSQL, which shares most of it, each page once.',
  'Lines are those that the programs import, without tests, generated code, comments and empty lines.',
  'A hop is a process that a catalog read passes before PostgreSQL. The lowest figure of a column is not the best shape: it is what that shape costs.',
];
