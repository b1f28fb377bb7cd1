// Turns what initdb or postgres printed before it gave up into one line that names the remedy.

interface Where {
  readonly data: string;
  readonly port: number;
}

const CAUSES: readonly (readonly [RegExp, (where: Where) => string])[] = [
  [
    /Address already in use/,
    ({ port }) =>
      `port ${port} (PostgreSQL) is taken: end the program that holds it, or set SHOP_PORT_OFFSET to shift every port`,
  ],
  [
    /No space left|ENOSPC/,
    ({ data }) => `the disk that holds ${data} is full: make room, or set SHOP_DATA_DIR to another folder`,
  ],
  [
    /Read-only file system|EROFS/,
    ({ data }) => `${data} lies on a read-only disk: set SHOP_DATA_DIR to a folder that can be written`,
  ],
  [
    /Permission denied|EACCES|EPERM/,
    ({ data }) =>
      `no permission to write ${data} (as root, PostgreSQL runs as another user, who must be able to reach it): ` +
      'set SHOP_DATA_DIR to a folder that it may use',
  ],
  [
    /incompatible with server|initialized by PostgreSQL version/,
    ({ data }) =>
      `${data} was made by another version of PostgreSQL: move it away, or npm run reset to begin afresh`,
  ],
];

/** @returns one line; the tail of the program's own words where the cause is not a known one. */
export function explainFailure(output: string, where: Where): string {
  for (const [pattern, explain] of CAUSES) if (pattern.test(output)) return explain(where);
  const words = output.trim().split('\n').at(-1) ?? '';
  return `PostgreSQL did not start on ${where.data}: ${words || 'it said nothing'}`;
}
