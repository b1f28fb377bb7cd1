// The shapes in which the same shop is compared: how each is started, and what a read of the catalog passes there.

export interface Shape {
  readonly name: string;
  /** For npm start. */
  readonly words: readonly string[];
  /** Capabilities whose reads its services answer. */
  readonly moved: readonly string[];
  /** The processes that a catalog read passes on its way to the database, in order. */
  readonly path: readonly string[];
  /** The programs whose source serves it. What is bought (a load balancer, PostgreSQL) is not among them. */
  readonly programs: readonly string[];
}

/** What stands around the monolith at this stage. */
export interface Surroundings {
  readonly front: Program;
  /** Those that were pulled out, and those that steer them. */
  readonly services: readonly Program[];
  /** By the names of the services that they can move to. */
  readonly capabilities: readonly string[];
}

interface Program {
  readonly name: string;
  /** Its process is this folder's main.ts. */
  readonly folder: string;
}

const MONOLITH = 'monolith/main.ts';
const MONOLITHS = 2;
/** Whose reads are timed. */
const CATALOG = 'catalog';

export function shapesOf({ front, services, capabilities }: Surroundings): readonly Shape[] {
  const moved = services.map(({ name }) => name).filter((name) => capabilities.includes(name));
  const reader = moved.includes(CATALOG) ? CATALOG : 'monolith';
  return [
    { name: 'monolith', words: ['--alone'], moved: [], path: ['monolith'], programs: [MONOLITH] },
    {
      name: `${MONOLITHS} monoliths`,
      words: ['--alone', '--monoliths', String(MONOLITHS)],
      moved: [],
      path: ['load balancer', 'monolith'],
      programs: [MONOLITH],
    },
    {
      name: 'split',
      words: [],
      moved,
      path: [front.name, reader],
      programs: [MONOLITH, ...[front, ...services].map(({ folder }) => `${folder}/main.ts`)],
    },
  ];
}
