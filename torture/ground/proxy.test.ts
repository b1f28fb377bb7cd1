import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '#platform/testing/until.ts';
import { openWay, type Way } from './proxy.ts';

let server: Server;
let way: Way;
let heard: string[];
const callers: Socket[] = [];

beforeEach(async () => {
  heard = [];
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      heard.push(String(chunk));
      socket.write(`answer to ${String(chunk)}`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  way = await openWay((server.address() as AddressInfo).port);
});
afterEach(async () => {
  for (const caller of callers.splice(0)) caller.destroy();
  await way.close();
  server.close();
});

async function call(): Promise<Socket> {
  const caller = connect({ port: way.port, host: '127.0.0.1' });
  callers.push(caller);
  caller.on('error', () => undefined);
  await once(caller, 'connect');
  return caller;
}
async function ask(caller: Socket, question: string): Promise<string> {
  caller.write(question);
  return String((await once(caller, 'data'))[0]);
}

test('an open way carries both ways', async () => {
  expect(await ask(await call(), 'one')).toBe('answer to one');
});

test('a way that is cut ends what was connected, refuses what comes, and can be healed', async () => {
  const caller = await call();
  await ask(caller, 'one');
  way.cut();
  await once(caller, 'close');
  await once(await call(), 'close');
  way.heal();
  expect(await ask(await call(), 'two')).toBe('answer to two');
});

test('a way that is stalled carries on nothing, and all of it when it is healed', async () => {
  const caller = await call();
  await ask(caller, 'one');
  way.stall();
  const answer = ask(caller, 'two');
  expect(await Promise.race([answer, sleep(100, 'nothing')])).toBe('nothing');
  expect(heard).toEqual(['one']);
  way.heal();
  expect(await answer).toBe('answer to two');
});

test('a way that is slow keeps the order, also where it has just become faster', async () => {
  const caller = await call();
  await ask(caller, 'one');
  way.delay(100);
  caller.write('two');
  await sleep(20);
  way.delay(0);
  caller.write('three');
  await until(() => heard.join('').length >= 'onetwothree'.length);
  expect(heard.join('')).toBe('onetwothree');
});

test('where answers are dropped, what was asked is done, and the caller is not told', async () => {
  const caller = await call();
  await ask(caller, 'one');
  way.dropAnswers();
  let told = '';
  caller.on('data', (chunk) => (told += String(chunk)));
  caller.write('two');
  await once(caller, 'close');
  expect(told).toBe('');
  expect(heard).toEqual(['one', 'two']);
  way.heal();
  expect(await ask(await call(), 'three')).toBe('answer to three');
});
