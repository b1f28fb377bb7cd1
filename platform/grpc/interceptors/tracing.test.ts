import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { ShopError } from '../../errors.ts';
import { recordSpans, type RecordedSpans } from '../../telemetry/testing.ts';
import { until } from '../../testing/until.ts';
import { openGround } from '../testing/ground.ts';

let spans: RecordedSpans;
const ground = openGround();
beforeEach(async () => void (spans = await recordSpans()));
afterEach(() => spans.stop());
afterAll(() => ground.close());

const SERVICE = 'shop.testing.v1.TestingService';

test('the calls that a call makes are below it, through every process, in one trace', async () => {
  const behind = ground.connect([await ground.listen()]);
  const client = ground.connect([
    await ground.listen({ write: ({ text }) => behind.read({ text, numbers: [] }) }),
  ]);
  await client.write({ text: 'x' });
  await until(() => spans.all().length === 4);
  const chain = spans.all().toSorted((a, b) => Number(isParent(b, a)) - Number(isParent(a, b)));
  const outermost = chain.find(({ parentSpanContext }) => parentSpanContext === undefined);
  const walked = [outermost];
  while (walked.length < 4)
    walked.push(chain.find((each) => each.parentSpanContext?.spanId === walked.at(-1)?.spanContext().spanId));
  expect(walked.map((span) => [span?.name, span?.kind])).toEqual([
    [`${SERVICE}/Write`, SpanKind.CLIENT],
    [`${SERVICE}/Write`, SpanKind.SERVER],
    [`${SERVICE}/Read`, SpanKind.CLIENT],
    [`${SERVICE}/Read`, SpanKind.SERVER],
  ]);
  expect(new Set(spans.all().map((span) => span.spanContext().traceId)).size).toBe(1);
});

test('a refusal is an error of its client, and none of its server', async () => {
  const client = ground.connect([
    await ground.listen({ write: () => Promise.reject(new ShopError('conflict', 'c', 'C.')) }),
  ]);
  await client.write({ text: 'x' }).catch(() => undefined);
  await until(() => spans.all().length === 2);
  const outcome = (kind: SpanKind) => {
    const span = spans.all().find((each) => each.kind === kind);
    return [span?.status.code, span?.attributes['rpc.grpc.status_code']];
  };
  const FAILED_PRECONDITION = 9;
  expect(outcome(SpanKind.CLIENT)).toEqual([SpanStatusCode.ERROR, FAILED_PRECONDITION]);
  expect(outcome(SpanKind.SERVER)).toEqual([SpanStatusCode.UNSET, FAILED_PRECONDITION]);
});

interface SpanLike {
  readonly parentSpanContext?: { readonly spanId: string };
  spanContext(): { readonly spanId: string };
}

const isParent = (a: SpanLike, b: SpanLike) => b.parentSpanContext?.spanId === a.spanContext().spanId;
