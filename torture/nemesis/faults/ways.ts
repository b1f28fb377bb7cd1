// The network: connections break, hang, become slow, or lose answers, each way by itself.
import type { Way } from '../../ground/proxy.ts';
import { duringSwitch, type Fault, type Round } from '../fault.ts';

const onWay = (
  name: string,
  kind: 'writers' | 'streams' | 'coordinator',
  what: string,
  inject: (way: Way, round: Round) => void,
  [atLeast, atMost]: readonly [number, number],
): Fault => ({
  name,
  run: (round) =>
    duringSwitch(round, async () => {
      const { ground, side, note, pause } = round;
      const way = ground.ways[kind][side];
      note(`${what} ${side}`);
      try {
        inject(way, round);
        await pause(atLeast, atMost);
      } finally {
        way.heal();
        note('healed');
      }
    }),
});

const cutOrStall = (way: Way, { dice, note }: Round) => {
  const stalls = dice.chance(50);
  note(stalls ? 'nothing comes through' : 'connections are refused');
  if (stalls) way.stall();
  else way.cut();
};

export const streamCut = onWay('stream-cut', 'streams', 'cut: the stream from the', cutOrStall, [200, 2_500]);
export const writersCut = onWay('writers-cut', 'writers', 'cut: writers to the', cutOrStall, [200, 2_000]);
export const coordinatorCut = onWay(
  'coordinator-cut',
  'coordinator',
  'cut: the coordinator to the',
  cutOrStall,
  [200, 2_500],
);
export const streamDelayed = onWay(
  'stream-delayed',
  'streams',
  'slow: the stream from the',
  (way, { dice, note }) => {
    const ms = 20 + dice.below(400);
    note(`${ms} ms later`);
    way.delay(ms);
  },
  [500, 2_000],
);
export const answersDropped = onWay(
  'answers-dropped',
  'writers',
  'answers are lost: writers of the',
  (way) => way.dropAnswers(),
  [100, 1_500],
);
