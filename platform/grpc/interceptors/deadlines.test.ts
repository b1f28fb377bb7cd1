import { connect, constants } from 'node:http2';
import { once } from 'node:events';
import { status } from '@grpc/grpc-js';
import { WriteRequest } from '../../../generated/protos/shop/testing/v1/testing.ts';
import { cancelled, deadlineExceeded, runInCall } from '../../call-context.ts';
import { until } from '../../testing/until.ts';
import { openGround, recordingLog } from '../testing/ground.ts';

const ground = openGround();
afterAll(() => ground.close());

test('a call whose time was over when it arrived is not begun', async () => {
  let handled = 0;
  const { log, lines } = recordingLog();
  const server = await ground.listen(
    {
      write: async ({ text }) => {
        handled += 1;
        return { text };
      },
    },
    { log },
  );
  // By hand: a client of gRPC would not even send it.
  const session = connect(`http://${server.address}`);
  const stream = session.request({
    [constants.HTTP2_HEADER_METHOD]: 'POST',
    [constants.HTTP2_HEADER_PATH]: '/shop.testing.v1.TestingService/Write',
    [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc+proto',
    [constants.HTTP2_HEADER_TE]: 'trailers',
    'grpc-timeout': '1n',
  });
  const message = WriteRequest.encode({ text: 'x' }).finish();
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(message.length, 1);
  stream.end(Buffer.concat([frame, message]));
  const [headers] = (await once(stream, 'response')) as [Record<string, string>];
  expect(Number(headers['grpc-status'])).toBe(status.DEADLINE_EXCEEDED);
  stream.resume();
  await until(() => lines.length > 0);
  expect(lines).toMatchObject([{ method: 'Write', code: 'DEADLINE_EXCEEDED' }]);
  expect(handled).toBe(0);
  session.close();
});

test('a call whose handler does not heed its signal ends with its deadline all the same', async () => {
  const { log, lines } = recordingLog();
  const client = ground.connect([
    await ground.listen({ write: () => new Promise(() => undefined) }, { log }),
  ]);
  // On a busy machine the time may be over before the call has even arrived.
  await until(async () => {
    const answer = client.write({ text: 'x' }, { deadlineMs: 200 });
    await expect(answer).rejects.toMatchObject({ code: 'deadline_exceeded' });
    return lines.length > 0;
  });
  // The server's clock and the caller, who gives up by its own, race.
  expect(lines[0]).toMatchObject({
    method: 'Write',
    code: expect.stringMatching(/^(DEADLINE_EXCEEDED|CANCELLED)$/) as unknown,
  });
});

test('a client sends nothing for a request whose time is over, or whose caller has gone', async () => {
  let arrived = 0;
  const client = ground.connect([
    await ground.listen({
      write: async ({ text }) => {
        arrived += 1;
        return { text };
      },
    }),
  ]);
  const alive = new AbortController().signal;
  const context = { requestId: 'r', deadline: Infinity, signal: alive };
  const inCall = (changes: Partial<typeof context>) =>
    runInCall({ ...context, ...changes }, () => client.write({ text: 'x' }));
  await expect(inCall({ deadline: Date.now() - 1 })).rejects.toMatchObject({ code: 'deadline_exceeded' });
  for (const reason of [cancelled(), deadlineExceeded()])
    await expect(inCall({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(arrived).toBe(0);
  await inCall({});
  expect(arrived).toBe(1);
});
