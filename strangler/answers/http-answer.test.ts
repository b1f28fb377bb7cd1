import { compareHttpAnswers, IGNORED, type HttpAnswer } from './http-answer.ts';

const json = { 'content-type': 'application/json; charset=utf-8' };
const answer: HttpAnswer = {
  status: 200,
  headers: { ...json, etag: '"1"' },
  body: '{"id":"a","nextPageToken":"x"}',
};
const places = (other: HttpAnswer) => compareHttpAnswers(answer, other).map(({ at }) => at);

test('the order of members and spaces mean nothing, and neither do headers of the connection', () => {
  const headers = { ...answer.headers, 'keep-alive': 'timeout=5', 'x-served-by': 'catalog', date: 'now' };
  expect(places({ ...answer, headers, body: '{ "nextPageToken": "x", "id": "a" }' })).toEqual([]);
});

test.each<[string, Partial<HttpAnswer>]>([
  ['status', { status: 404 }],
  ['headers.etag', { headers: { ...json, etag: '"2"' } }],
  ['headers.etag', { headers: json }],
  ['headers.content-type', { headers: { ...answer.headers, 'content-type': 'application/json' } }],
  ['body.nextPageToken', { body: '{"id":"a","nextPageToken":"y"}' }],
  ['body.nextPageToken', { body: '{"id":"a"}' }],
  ['body.nextPageToken', { body: '{"id":"a","nextPageToken":null}' }],
  ['body', { body: '{"id":"a"' }],
  ['body', { body: '' }],
])('%s is compared', (at, change) => expect(places({ ...answer, ...change })).toEqual([at]));

test('a difference that a rule names is passed over, and no other', () => {
  const other = { ...answer, status: 201, body: '{"id":"b","nextPageToken":"x"}' };
  const rules = [{ at: /^body\.id$/, why: 'for this test' }];
  expect(compareHttpAnswers(answer, other, rules).map(({ at }) => at)).toEqual(['status']);
});

test('every rule says why it stands', () => {
  for (const { why } of IGNORED) expect(why).toMatch(/\w+ \w+/);
});
