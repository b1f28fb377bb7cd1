import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { childEnvironment } from '#platform/config.ts';
import { projectRoot } from '#platform/paths.ts';

const NAMESPACE = `shop-offline-${process.pid}`;
const ip = (...words: string[]) => execFileSync('ip', words, { stdio: 'pipe' });

/** A network with nothing in it but loopback; making one needs root and iproute2. */
function mayIsolate(): boolean {
  try {
    ip('netns', 'add', NAMESPACE);
    ip('netns', 'exec', NAMESPACE, 'ip', 'link', 'set', 'lo', 'up');
    return true;
  } catch {
    return false;
  }
}

if (mayIsolate()) {
  afterAll(() => void ip('netns', 'del', NAMESPACE));

  const run = (command: string, words: readonly string[]) =>
    spawn('ip', ['netns', 'exec', NAMESPACE, command, ...words], {
      cwd: projectRoot,
      env: childEnvironment({ DATABASE_URL: '' }),
      stdio: ['ignore', 'pipe', 'inherit'],
    });

  test('in a network without anything else, generated code is built and the shop starts and sells', async () => {
    const shop = run(process.execPath, [
      '--disable-warning=ExperimentalWarning',
      'scripts/start.ts',
      '--temporary',
      '--json',
      '--products',
      '200',
    ]);
    let output = '';
    const ready = new Promise<string>((resolve, reject) => {
      shop.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const url = /"type":"ready".*?"shop":"([^"]+)"/.exec(output)?.[1];
        if (url !== undefined) resolve(url);
      });
      shop.once('exit', () => reject(new Error(output)));
    });
    try {
      const url = await ready;
      const purchase = run('env', [`SHOP_URL=${url}`, process.execPath, 'scripts/buy.ts', '--json']);
      let bought = '';
      purchase.stdout.setEncoding('utf8').on('data', (text: string) => (bought += text));
      const [code] = (await once(purchase, 'exit')) as [number];
      expect(bought).toContain('"status":"confirmed"');
      expect(code).toBe(0);
    } finally {
      shop.kill('SIGTERM');
      if (shop.exitCode === null) await once(shop, 'exit');
    }
  });

  test('the namespace really has no way out', async () => {
    const ping = run(process.execPath, [
      '-e',
      "require('net').connect(443, '192.0.2.1').once('error', (e) => process.exit(e.code === 'ENETUNREACH' ? 0 : 1))",
    ]);
    const [code] = (await once(ping, 'exit')) as [number];
    expect(code).toBe(0);
  });
} else {
  test('this machine cannot make a network namespace (it takes root and iproute2), so nothing is shown here', () => {
    expect(mayIsolate()).toBe(false);
  });
}
