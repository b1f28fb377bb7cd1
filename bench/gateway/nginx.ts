// Nginx as the proxy: started with a configuration of its own in a temporary folder, where it is installed.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SetupError } from '#platform/setup-error.ts';

export interface Nginx {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

const START_DEADLINE_MS = 5_000;

/** @returns its version; undefined where it is not installed. */
export function nginxVersion(): string | undefined {
  // It says so on its error output.
  const { stderr } = spawnSync('nginx', ['-v'], { encoding: 'utf8' });
  return /nginx\/([\d.]+)/.exec(stderr ?? '')?.[1];
}

/** @throws {SetupError} with what it says, where it does not start. */
export async function startNginx(monolithUrl: string): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'shop-nginx-'));
  // Its workers are another user where it is run by root.
  chmodSync(folder, 0o711);
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, configuration(port, new URL(monolithUrl).host, folder));
  const child = spawn('nginx', ['-p', folder, '-c', file, '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'exit');
  async function stop(): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  }
  const end = performance.now() + START_DEADLINE_MS;
  while (!(await answers(port))) {
    if (child.exitCode === null && performance.now() < end) continue;
    await stop();
    throw new SetupError(`nginx does not start: ${said.trim()}`);
  }
  return { port, pid: child.pid ?? 0, stop };
}

/** What the gateway does of it, by what nginx has for it; one worker, as the others are one process with one thread. */
const configuration = (port: number, monolith: string, folder: string) => `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr error;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  client_body_buffer_size 128k;
  client_max_body_size 128k;
  keepalive_requests 1000000000;
  upstream monolith {
    server ${monolith};
    keepalive 128;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://monolith;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Request-Id $request_id;
      add_header X-Request-Id $request_id;
      proxy_pass_header Server;
      proxy_read_timeout 15s;
    }
  }
}
`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(port: number): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, 20));
  return fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } }).then(
    () => true,
    () => false,
  );
}
