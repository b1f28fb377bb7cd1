import { spawnSync } from 'node:child_process';

/** Logs in a process of its own, as a real one does, and gives its output back. */
function logged(format: string, expression: string): string {
  const program = `
    import { createLogger } from '${import.meta.dirname}/logger.ts';
    const log = createLogger({ name: 'probe', level: 'info', format: '${format}' });
    ${expression}`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }).stdout;
}

test('a line of JSON names the process and masks secrets at any depth', () => {
  const line = logged(
    'json',
    `log.info({ body: { password: 'pw', paymentToken: 't' }, req: { headers: { authorization: 'Bearer x' } } }, 'hello');`,
  );
  const entry = JSON.parse(line) as Record<string, unknown>;
  expect(entry).toMatchObject({
    name: 'probe',
    msg: 'hello',
    body: { password: '***', paymentToken: '***' },
    req: { headers: { authorization: '***' } },
  });
});

test('a pretty line begins with the time and the name of the process', () => {
  expect(logged('pretty', `log.warn('careful');`)).toMatch(/^\[[\d:.]+\] WARN.*: probe {5}│ careful\n$/);
});
