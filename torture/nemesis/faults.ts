// Every fault, one a line; those of the shop's processes are two for each of them.
import type { Fault } from './fault.ts';
import { coordinatorKilled, coordinatorStopped } from './faults/coordinator.ts';
import { flapping } from './faults/flapping.ts';
import {
  backendKilled,
  backendStopped,
  clusterStopped,
  postmasterKilled,
  postmasterStopped,
  restarted,
} from './faults/postgres.ts';
import { processFaults } from './faults/processes.ts';
import { receiverStopped } from './faults/receiver.ts';
import { rogueWrite } from './faults/rogue.ts';
import { lockQueue, longTransaction } from './faults/sessions.ts';
import { answersDropped, coordinatorCut, streamCut, streamDelayed, writersCut } from './faults/ways.ts';

export const FAULTS: readonly Fault[] = [
  backendKilled,
  postmasterKilled,
  restarted,
  backendStopped,
  postmasterStopped,
  clusterStopped,
  coordinatorKilled,
  coordinatorStopped,
  coordinatorCut,
  streamCut,
  streamDelayed,
  writersCut,
  answersDropped,
  longTransaction,
  lockQueue,
  receiverStopped,
  rogueWrite,
  flapping,
  ...processFaults,
];
