import { createLogger } from './logger.ts';
import { createShutdown } from './shutdown.ts';

const log = createLogger({ name: 'test', level: 'silent', format: 'json' });

test('what was acquired last is released first, one after another', async () => {
  const order: string[] = [];
  const shutdown = createShutdown(log);
  shutdown.onStop('database', () => void order.push('database'));
  shutdown.onStop('server', async () => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    order.push('server');
  });
  await shutdown.stop();
  expect(order).toEqual(['server', 'database']);
});

test('a release that fails does not keep the others from running', async () => {
  let released = false;
  const shutdown = createShutdown(log);
  shutdown.onStop('first', () => void (released = true));
  shutdown.onStop('second', () => Promise.reject(new Error('no')));
  await shutdown.stop();
  expect(released).toBe(true);
});

test('stopping twice releases once', async () => {
  let count = 0;
  const shutdown = createShutdown(log);
  shutdown.onStop('it', () => void (count += 1));
  await Promise.all([shutdown.stop(), shutdown.stop()]);
  expect(count).toBe(1);
});
