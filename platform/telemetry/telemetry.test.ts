import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { childEnvironment } from '../config.ts';

const run = promisify(execFile);

/** A process that makes one span, and ends as every process does. */
const PROGRAM = `
  import { trace } from '@opentelemetry/api';
  const { startTelemetry } = await import(${JSON.stringify(join(import.meta.dirname, 'telemetry.ts'))});
  const telemetry = await startTelemetry('catalog');
  const span = trace.getTracer('test').startSpan('a piece of work');
  console.log(span.isRecording());
  span.end();
  await telemetry.stop();
`;

const runProgram = (endpoint: string) =>
  run(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', PROGRAM], {
    cwd: import.meta.dirname,
    env: childEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }),
  });

test('spans go to the collector that the environment names, before the process ends', async () => {
  const received: { path: string | undefined; body: string }[] = [];
  const collector = createServer((request, response) => {
    let body = '';
    request.setEncoding('latin1').on('data', (text: string) => (body += text));
    request.once('end', () => {
      received.push({ path: request.url, body });
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const { port } = collector.address() as AddressInfo;
  const { stdout } = await runProgram(`http://127.0.0.1:${port}/`);
  await new Promise((resolve) => collector.close(resolve));

  expect(stdout).toBe('true\n');
  expect(received).toHaveLength(1);
  expect(received[0]?.path).toBe('/v1/traces');
  expect(received[0]?.body).toContain('a piece of work');
  expect(received[0]?.body).toContain('catalog');
});

test('without a collector nothing is recorded', async () => {
  expect((await runProgram('')).stdout).toBe('false\n');
});
