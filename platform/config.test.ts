import { number, maskSecrets, port, readConfig, setting } from './config.ts';

const settings = { port: setting('X_PORT', port(3000, {})), wait: setting('X_WAIT', number(5)) };

test('a setting that is not given takes its visible default', () => {
  expect(readConfig(settings, {})).toEqual({ port: 3000, wait: 5 });
});

test('an empty variable counts as not given', () => {
  expect(readConfig(settings, { X_WAIT: '' }).wait).toBe(5);
});

test('every wrong variable is named in one line', () => {
  expect(() => readConfig(settings, { X_PORT: 'abc', X_WAIT: '-1' })).toThrow(/^X_PORT .*; X_WAIT .*$/);
});

test('the port offset shifts every default port, and never a port that was given', () => {
  const shifted = { port: setting('X_PORT', port(3000, { SHOP_PORT_OFFSET: '100' })) };
  expect(readConfig(shifted, {}).port).toBe(3100);
  expect(readConfig(shifted, { X_PORT: '4000' }).port).toBe(4000);
});

test('secrets are masked, and a connection string keeps all but its password', () => {
  const masked = maskSecrets({ jwtSecret: 'abc', databaseUrl: 'postgresql://shop:pw@localhost/x', port: 1 });
  expect(masked).toEqual({ jwtSecret: '***', databaseUrl: 'postgresql://shop:***@localhost/x', port: 1 });
});
