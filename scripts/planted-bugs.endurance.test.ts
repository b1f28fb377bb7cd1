// A suite that finds nothing proves nothing: bugs are planted in a copy of the code, and the suite has to see each.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { childEnvironment } from '#platform/config.ts';
import { projectRoot } from '#platform/paths.ts';

interface Bug {
  readonly name: string;
  /** The tests of the acceptance suite that are to see it. */
  readonly seenBy: string;
  readonly only?: string;
  /** File, what stands there, and what stands there instead; with a `*`, in each of the files that have it. */
  readonly edits: readonly (readonly [file: string, right: string, wrong: string])[];
}

const bugs: readonly Bug[] = [
  {
    name: 'an oversell: nobody looks whether there is enough',
    seenBy: 'races',
    edits: [
      [
        'monolith/modules/inventory/repository.ts',
        '(available.get(productId) ?? 0) < quantity',
        'quantity < 0',
      ],
      [
        'prisma/monolith/migrations/*/migration.sql',
        'CHECK ("reserved" >= 0 AND "on_hand" >= "reserved")',
        'CHECK (true)',
      ],
    ],
  },
  {
    name: 'a double charge: each attempt has a key of its own',
    seenBy: 'pending-orders',
    // One of its tests is enough; the others wait half a minute for an order that cannot settle.
    only: 'cancelled while it is being paid',
    edits: [['monolith/modules/payments/payments.ts', 'key: orderId', 'key: `${orderId}-${Date.now()}`']],
  },
  {
    name: 'a lost order: the money is taken, and nobody writes it down',
    seenBy: 'checkout',
    edits: [
      [
        'monolith/modules/orders/steps.ts',
        'const outcome = await payments.charge(payment);',
        "const outcome = await payments.charge(payment); if (outcome === 'captured') return;",
      ],
    ],
  },
  {
    name: 'a broken pagination: a page begins with the last row of the one before',
    seenBy: 'pagination',
    edits: [
      [
        'monolith/modules/catalog/list-products.ts',
        'return [sql`id < ${id}::uuid`]',
        'return [sql`id <= ${id}::uuid`]',
      ],
    ],
  },
];

const NOT_COPIED = ['node_modules', '.git', '.shop'];

/** The tree as it is now, committed or not; one for all, so that a bug's shop starts from what is compiled already. */
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'shop-planted-'));
  cpSync(projectRoot, copy, {
    recursive: true,
    filter: (path) => !NOT_COPIED.includes(relative(projectRoot, path)),
  });
  symlinkSync(join(projectRoot, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** @returns what takes the bug out again. */
function plant({ edits }: Bug): () => void {
  const sources = edits.flatMap(([files, right, wrong]) => {
    const found = globSync(files, { cwd: copy })
      .map((file) => ({ path: join(copy, file), text: readFileSync(join(copy, file), 'utf8') }))
      .filter(({ text }) => text.includes(right));
    if (found.length === 0 || found.some(({ text }) => text.split(right).length !== 2))
      throw new Error(`${files} does not have exactly one: ${right}`);
    return found.map((source) => ({ ...source, buggy: source.text.replace(right, () => wrong) }));
  });
  for (const { path, buggy } of sources) writeFileSync(path, buggy);
  return () => {
    for (const { path, text } of sources) writeFileSync(path, text);
  };
}

async function accept(patterns: readonly string[], only?: string) {
  const jest = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
  ];
  const words = [
    '--selectProjects',
    'acceptance',
    '--testPathPatterns',
    ...patterns.map((name) => `acceptance/${name}.test`),
    ...(only === undefined ? [] : ['--testNamePattern', only]),
  ];
  const child = spawn(process.execPath, [...jest, ...words], {
    cwd: copy,
    env: childEnvironment({ BASE_URL: '', PAYMENT_PROVIDER_URL: '', DATABASE_URL: '' }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, output };
}

/** For a shop, a jest and its tests, on a machine that may be busy. */
const DEADLINE_MS = 240_000;

test(
  'without a bug the tests that are to see the bugs pass',
  async () => {
    const { code, output } = await accept(bugs.map(({ seenBy }) => seenBy));
    expect({ code, output }).toMatchObject({ code: 0 });
  },
  DEADLINE_MS,
);

test.each(bugs.map((bug) => [bug.name, bug] as const))(
  'the suite sees %s',
  async (_name, bug) => {
    const takeOut = plant(bug);
    const { code, output } = await accept([bug.seenBy], bug.only).finally(takeOut);
    expect(code).toBe(1);
    // By what it saw, and not for want of a shop.
    expect(output).toMatch(/^Tests: +[1-9]\d* failed/m);
  },
  DEADLINE_MS,
);
