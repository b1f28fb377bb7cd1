// What is compared with what: each section is a table, each cell of it one pair under one load.
import type { Load, PairName } from './pairs.ts';
import type { Work } from './work.ts';

export interface Cell extends Load {
  /** As in the table: what is asked, and of whom. */
  readonly what: string;
  readonly at: string;
  readonly pair: PairName;
  /** The cell of the same section that this one is compared with, by its `at` (and the same `what`). */
  readonly against?: string;
}

export interface Section {
  /** Above the first column. */
  readonly title: string;
  /** Above the ratio. */
  readonly against: string;
  readonly cells: readonly Cell[];
  /** Every pair is started anew: one that has run for longer is compiled better than what it is compared with. */
  readonly afresh?: true;
}

export const SECTIONS = ['layers', 'parallel', 'sizes', 'list', 'validation', 'tracing', 'catalog'] as const;
export type SectionName = (typeof SECTIONS)[number];

const PARALLEL = 16;
const LINES_1_KB: Work = { kind: 'lines', count: 10 };
const at = (name: string, pair: PairName, against?: string, parallel = PARALLEL, connections = parallel) => ({
  ...{ at: name, pair, parallel, connections },
  ...(against !== undefined && { against }),
});
const cells = (what: string, work: Work, subjects: readonly Omit<Cell, 'what' | 'work'>[]) =>
  subjects.map((subject) => ({ ...subject, what, work }));

const SIZES = [
  ['0.1 KB', 1],
  ['1 KB', 10],
  ['10 KB', 100],
  ['100 KB', 1_000],
] as const;

/**
 * @param products how long the long list is.
 * @param ids of products in the shop's catalog.
 */
export const sections = (
  products: number,
  ids: readonly string[],
): Readonly<Record<SectionName, Section>> => ({
  layers: {
    title: '1 KB',
    against: 'of Express',
    cells: cells(`${PARALLEL} at once`, LINES_1_KB, [
      at('gRPC', 'grpc', 'Express'),
      at('grpc-js alone', 'grpcBare', 'Express'),
      at('Express', 'express'),
      at('Express, called by fetch', 'expressByFetch', 'Express'),
      at('Express alone', 'expressBare', 'Express'),
      at('node:http alone', 'http', 'Express'),
    ]),
  },
  parallel: {
    title: '1 KB, at once',
    against: 'of Express',
    cells: [1, 4, 16, 64].flatMap((parallel) =>
      cells(String(parallel), LINES_1_KB, [
        at('gRPC, 1 connection', 'grpc', `Express, ${parallel}`, parallel),
        at(`Express, ${parallel}`, 'express', undefined, parallel),
        ...(parallel === 1 ? [] : [at('Express, 1', 'express', `Express, ${parallel}`, parallel, 1)]),
      ]),
    ),
  },
  sizes: {
    title: 'size',
    against: 'of Express',
    cells: SIZES.flatMap(([size, count]) =>
      cells(size, { kind: 'lines', count }, [at('gRPC', 'grpc', 'Express'), at('Express', 'express')]),
    ),
  },
  list: {
    title: `${products} products`,
    against: 'of Express, pages',
    cells: [
      ...cells('one reader', { kind: 'pages', pageSize: 100 }, [
        at('Express, pages of 100', 'express', undefined, 1),
        at('gRPC, pages of 100', 'grpc', 'Express, pages of 100', 1),
      ]),
      ...cells('one reader', { kind: 'whole', batch: 100 }, [
        at('gRPC, streamed by 100', 'grpc', 'Express, pages of 100', 1),
      ]),
      ...cells('one reader', { kind: 'whole', batch: 1 }, [
        at('gRPC, streamed one by one', 'grpc', 'Express, pages of 100', 1),
        at('Express, in one array', 'express', 'Express, pages of 100', 1),
      ]),
    ],
  },
  validation: {
    title: 'checked',
    against: 'of unchecked',
    afresh: true,
    cells: (
      [
        ['a small question', LINES_1_KB],
        ['1 KB sent', { kind: 'place', count: 10 }],
        ['10 KB sent', { kind: 'place', count: 100 }],
      ] as const
    ).flatMap(([what, work]) =>
      cells(what, work, [
        at('gRPC', 'grpc', 'gRPC, unchecked'),
        at('gRPC, unchecked', 'grpcUnvalidated'),
        at('Express', 'express', 'Express, unchecked'),
        at('Express, unchecked', 'expressUnvalidated'),
      ]),
    ),
  },
  tracing: {
    title: '1 KB',
    against: 'of untraced',
    afresh: true,
    cells: cells(`${PARALLEL} at once`, LINES_1_KB, [
      at('gRPC, traced', 'grpcTraced', 'gRPC'),
      at('gRPC', 'grpc'),
      at('Express, traced', 'expressTraced', 'Express'),
      at('Express', 'express'),
    ]),
  },
  catalog: {
    title: 'catalog',
    against: 'of the monolith',
    cells: (
      [
        ['one product', { kind: 'product', ids }],
        ['the newest 24', { kind: 'newest' }],
      ] as const
    ).flatMap(([what, work]) =>
      cells(what, work, [at('service, gRPC', 'catalog', 'monolith, REST'), at('monolith, REST', 'monolith')]),
    ),
  },
});
