// A section measured: every cell has its turn in every round, and is compared with its neighbour of the same round.
import { isDeepStrictEqual } from 'node:util';
import { SetupError } from '#platform/setup-error.ts';
import { inTurn, ratios, type Summary } from '../arithmetic.ts';
import type { Measurement } from '../measure.ts';
import { subjectFigures, type SubjectFigures } from '../route-figures.ts';
import type { Pair, PairName } from './pairs.ts';
import type { Bytes } from './relay.ts';
import type { Cell, Section } from './sections.ts';

export interface CellFigures extends SubjectFigures {
  readonly what: string;
  readonly at: string;
  /** Of throughput, and of CPU time at both ends together; null where it is compared with nothing. */
  readonly ratio: Summary | null;
  readonly cpuRatio: Summary | null;
  /** Of one call. */
  readonly bytes: Bytes;
}

export interface FigureOptions {
  /** Of each round. */
  readonly seconds: number;
  readonly rounds: number;
  /** Of a pair that has just started, before its first figure. */
  readonly warmUpSeconds: number;
  readonly onStep: (step: string) => void;
}

/** What a pair has been asked for before is compiled already; the rest is little. */
const OF_A_WARM_PAIR = 5;

type Pairs = ReadonlyMap<PairName, Pair>;

/** @throws {SetupError} where two answers to the same question differ: then they are no two ways to do one thing. */
export async function measureSection(
  name: string,
  { cells }: Section,
  pairs: Pairs,
  { seconds, rounds, warmUpSeconds, onStep }: FigureOptions,
): Promise<readonly CellFigures[]> {
  const pairOf = ({ pair }: Cell) => pairs.get(pair) as Pair;
  onStep(`${name}, warming up`);
  const bytes = new Map<Cell, Bytes>();
  for (const cell of cells) {
    const isNew = pairOf(cell).calls() === 0;
    await pairOf(cell).measure(cell, isNew ? warmUpSeconds : warmUpSeconds / OF_A_WARM_PAIR);
    bytes.set(cell, await pairOf(cell).countBytes(cell.work));
  }
  await compareAnswers(cells, pairOf);
  const found = new Map<Cell, Measurement[]>(cells.map((cell) => [cell, []]));
  for (const [round, turn] of inTurn(cells, rounds).entries()) {
    onStep(`${name}, round ${round + 1} of ${rounds}`);
    for (const cell of turn) found.get(cell)?.push(await pairOf(cell).measure(cell, seconds));
  }
  const roundsOf = (cell: Cell) => found.get(cell) as Measurement[];
  return cells.map((cell) => {
    const other = cells.find(({ what, at }) => what === cell.what && at === cell.against);
    return {
      ...{ what: cell.what, at: cell.at, bytes: bytes.get(cell) as Bytes },
      ...subjectFigures(roundsOf(cell)),
      ratio: other ? ratioOf(roundsOf(cell), roundsOf(other), ({ throughput }) => throughput) : null,
      cpuRatio: other ? ratioOf(roundsOf(cell), roundsOf(other), cpuOf) : null,
    };
  });
}

const cpuOf = ({ cpuMs, clientCpuMs }: Measurement) => cpuMs + clientCpuMs;
const ratioOf = (
  above: readonly Measurement[],
  below: readonly Measurement[],
  figure: (one: Measurement) => number,
) => ratios(above.map(figure), below.map(figure));

async function compareAnswers(cells: readonly Cell[], pairOf: (cell: Cell) => Pair): Promise<void> {
  for (const what of new Set(cells.map((cell) => cell.what))) {
    const [first, ...others] = cells.filter((cell) => cell.what === what);
    if (first === undefined) continue;
    const expected = await pairOf(first).show(first.work);
    for (const cell of others) {
      if (!isDeepStrictEqual(await pairOf(cell).show(cell.work), expected))
        throw new SetupError(`${what}: ${cell.at} does not answer as ${first.at} does`);
    }
  }
}
