// Fuzzing by the shop's own document: whatever is sent to an operation, its answer is one that the document describes.
import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { fetchDocument, operationsOf, type Operation } from './fuzz/document.ts';
import { createJudge } from './fuzz/judge.ts';
import { requestsFor, type FuzzRequest } from './fuzz/requests.ts';
import { buildWorld } from './fuzz/world.ts';
import { fuzzSeed } from './target.ts';

const REQUESTS = 200;
const AT_ONCE = 10;
const PREPARE_EVERY = 4;

const seed = fuzzSeed() ?? randomInt(2 ** 31);
const document = await fetchDocument();
const judge = createJudge(document);
const world = await buildWorld();

interface Sent {
  readonly status: number;
  /** What is wrong with the answer, and how to ask for it again. */
  readonly findings: readonly string[];
}

async function sendAndJudge(operation: Operation, request: FuzzRequest): Promise<Sent> {
  const { sender, path, headers, body } = request;
  const authorization = world.authorization[sender];
  const answer = await world.browsers[sender]
    .send(operation.method, path, {
      headers: { ...headers, ...(authorization !== undefined && { authorization }) },
      // Bytes, since text would get a content type.
      ...(body !== undefined && { body: Buffer.from(body) }),
    })
    .catch((fault: unknown) => String(fault));
  const complaints = typeof answer === 'string' ? [answer] : judge(operation, answer);
  const findings = complaints.map((complaint) =>
    [
      complaint,
      `as ${sender}: ${operation.method} ${path.slice(0, 300)} ${JSON.stringify(headers)}`,
      (body ?? '').slice(0, 600),
      ...(typeof answer === 'string' ? [] : [`answered: ${answer.text.slice(0, 300)}`]),
    ].join('\n  '),
  );
  return { status: typeof answer === 'string' ? 0 : answer.status, findings };
}

/** A few requests at a time; before each fourth, the world is made fit for the operation to succeed. */
async function sendAll(operation: Operation, requests: readonly FuzzRequest[]): Promise<readonly Sent[]> {
  const queue = [...requests.entries()].values();
  const sent: Sent[] = [];
  const sender = async () => {
    for (const [index, request] of queue) {
      if (index % PREPARE_EVERY === 0) await world.prepare(operation, request.sender);
      sent.push(await sendAndJudge(operation, request));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  return sent;
}

test.each(operationsOf(document).map((operation) => ({ ...operation, operation })))(
  `$method $path keeps its word, whatever it is sent (FUZZ_SEED=${seed})`,
  async ({ operation }) => {
    const requests = fc.sample(requestsFor(document, operation, world.hintsFor(operation)), {
      numRuns: REQUESTS,
      seed,
    });
    const sent = await sendAll(operation, requests);
    expect(sent.flatMap(({ findings }) => findings).slice(0, 10)).toEqual([]);
    expect(sent).toHaveLength(REQUESTS);

    const seen = new Set(sent.map(({ status }) => Math.floor(status / 100)));
    const listsRefusals = Object.keys(operation.responses).some((status) => status.startsWith('4'));
    expect([...seen].toSorted()).toEqual(expect.arrayContaining(listsRefusals ? [2, 4] : [2]));
  },
);
