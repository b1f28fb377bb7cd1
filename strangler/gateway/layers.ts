// The layers that a request passes on its way to the monolith, one a line.
import type { Layer, Surroundings } from './layer.ts';
import type { Forward } from './proxy.ts';
import { openReads } from './reads/open.ts'; // from stage-3
import { openWrites } from './writes/open.ts'; // from stage-4

/** The first stands next to the monolith. */
const layers: Layer[] = [];
layers.push(openWrites); // from stage-4
layers.push(openReads); // from stage-3

export const layOver = (monolith: Forward, surroundings: Surroundings): Forward =>
  layers.reduce((next, layer) => layer(next, surroundings), monolith);
