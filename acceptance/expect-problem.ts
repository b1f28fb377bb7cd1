// What every refusal of the shop looks like: RFC 9457, with a code to branch on and the id to ask about.
import type { Answer } from './client.ts';
import type { Problem } from './shapes.ts';

export function expectProblem(answer: Answer, status: number, code: string): Problem {
  const problem = answer.body as Problem;
  expect({ status: answer.status, code: problem?.code }).toEqual({ status, code });
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json\b/);
  expect(problem).toMatchObject({
    type: expect.stringMatching(/^(urn|https?):/) as string,
    title: expect.stringMatching(/\S/) as string,
    status,
    detail: expect.stringMatching(/\S/) as string,
    requestId: answer.headers.get('x-request-id'),
  });
  return problem;
}
