import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '#platform/paths.ts';

const run = promisify(execFile);
const script = join(projectRoot, 'scripts/check-schemas.ts');

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'shop-schemas-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function plant(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Two modules, each on its own tables; some of what they write only looks like the other's. */
const allowed = {
  'prisma/monolith/schema.prisma': `
model Order {
  id String @id
  @@map("orders")
  @@schema("orders")
}
enum OrderStep {
  done
  @@map("order_step")
  @@schema("orders")
}
model Payment {
  id String @id
  @@map("payments")
  @@schema("payments")
}
model OrdersKey {
  id String @id
  @@map("keys")
  @@schema("orders")
}
model PaymentsKey {
  id String @id
  @@map("keys")
  @@schema("payments")
}
`,
  'monolith/modules/orders/repository.ts': `
import { Prisma } from '../../../generated/prisma/monolith/client.ts';
const rows = current().$queryRaw\`SELECT id, 'payments' AS word FROM orders WHERE step = \${step}::order_step\`;
const row = current().order.findFirst();
const keys = current().$queryRaw\`SELECT FROM keys\`;
`,
  'monolith/modules/orders/orders.ts': `
const message = 'money comes from the payment provider, not from a customer';
const status = order.payment.status;
export const payments = port.payments;
`,
  'monolith/modules/payments/repository.ts': 'export const all = current().payment.findMany();',
};

/** What each of them says that it should not, by file. */
const planted: Readonly<Record<string, readonly [text: string, name: string]>> = {
  'select.ts': ['const q = sql`SELECT FROM payments`;', 'payments'],
  'join.ts': [
    'const q = sql`SELECT FROM orders o JOIN payments p ON p.id = o.id AND o.id = ${id}`;',
    'payments',
  ],
  'list.ts': ["const q = 'SELECT 1 FROM orders, payments';", 'payments'],
  'quoted.ts': ['const q = sql`UPDATE "public"."payments" SET x = 1`;', 'payments'],
  'schema.ts': ['const q = sql`DELETE FROM payments.keys`;', 'payments'],
  'lower.ts': ["const q = 'select 1 from payments';", 'payments'],
  'model.ts': ['const q = current().payment.findFirst();', 'payment'],
  'transaction.ts': ['const q = transaction.payment.deleteMany();', 'payment'],
  'destructured.ts': ['const { payment } = database.current();', 'payment'],
  'element.ts': ["const q = current()['payment'];", 'payment'],
  'type.ts': ['let q: Prisma.PaymentWhereInput;', 'PaymentWhereInput'],
  'import.ts': ["import type { Payment } from '../../../generated/prisma/monolith/models.ts';", 'Payment'],
};

test('every planted violation is found, and nothing else', async () => {
  plant(allowed);
  plant(
    Object.fromEntries(
      Object.entries(planted).map(([file, [text]]) => [`monolith/modules/orders/${file}`, text]),
    ),
  );
  const result: unknown = await run(process.execPath, [script, folder, '--json']).catch(
    (error: unknown) => error,
  );
  const { code, stdout } = result as { code: number; stdout: string };
  const { violations } = JSON.parse(stdout) as {
    violations: { file: string; name: string; module: string }[];
  };
  const found = violations.map(({ file, name, module }) => [file, name, module]);
  expect(found).toEqual(
    Object.entries(planted)
      .map(([file, [, name]]) => [`monolith/modules/orders/${file}`, name, 'payments'])
      .toSorted(),
  );
  expect(code).toBe(1);
});

test('a tree without violations passes', async () => {
  plant(allowed);
  const { stdout } = await run(process.execPath, [script, folder]);
  expect(stdout).toBe('3 files of modules judged, 0 violations\n');
});

test('a violation is printed with its place and its reason', async () => {
  plant({ ...allowed, 'monolith/modules/payments/report.ts': '\nconst q = sql`SELECT FROM orders`;' });
  await expect(run(process.execPath, [script, folder])).rejects.toMatchObject({
    stderr: expect.stringMatching(
      /payments\/report\.ts:2 names orders, which is orders's\n.*by a port/,
    ) as unknown,
  });
});

test('judging no module at all is a failure, not a pass', async () => {
  plant({ 'prisma/monolith/schema.prisma': '' });
  await expect(run(process.execPath, [script, folder])).rejects.toMatchObject({ code: 1 });
});
