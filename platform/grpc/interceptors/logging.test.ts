import { ShopError } from '../../errors.ts';
import { until } from '../../testing/until.ts';
import { openGround, recordingLog } from '../testing/ground.ts';

const ground = openGround();
afterAll(() => ground.close());

const DEBUG = 20;
const WARN = 40;

test('a call is one line at its server and one at its client, under the same request id', async () => {
  const [server, client] = [recordingLog(), recordingLog()];
  const caller = ground.connect([await ground.listen({}, { log: server.log })], { log: client.log });
  await caller.write({ text: 'x' });
  const call = { service: 'shop.testing.v1.TestingService', method: 'Write', code: 'OK', level: DEBUG };
  expect(client.lines).toEqual([expect.objectContaining(call)]);
  await until(() => server.lines.length > 0);
  expect(server.lines).toEqual([expect.objectContaining(call)]);
  expect(server.lines[0]?.['requestId']).toBe(client.lines[0]?.['requestId']);
});

test('the line of a call that failed tells its status, as loudly as it deserves', async () => {
  const { log, lines } = recordingLog();
  let error = new ShopError('not_found', 'not_found', 'There is none.');
  const caller = ground.connect([await ground.listen({ write: () => Promise.reject(error) }, { log })]);
  await caller.write({ text: 'x' }).catch(() => undefined);
  error = new ShopError('unavailable', 'unavailable', 'Away.');
  await caller.write({ text: 'x' }).catch(() => undefined);
  await until(() => lines.length === 2);
  expect(lines.map(({ level, code }) => ({ level, code }))).toEqual([
    { level: DEBUG, code: 'NOT_FOUND' },
    { level: WARN, code: 'UNAVAILABLE' },
  ]);
});
