import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { openSecrets } from './secrets.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shop-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a folder keeps its secrets, and no two folders share them', () => {
  const secrets = openSecrets(join(folder, 'a'));
  expect(openSecrets(join(folder, 'a'))).toEqual(secrets);
  expect(openSecrets(join(folder, 'b')).jwtSecret).not.toBe(secrets.jwtSecret);
});

test('nobody else may read them', () => {
  openSecrets(folder);
  expect(statSync(join(folder, 'secrets.json')).mode & 0o077).toBe(0);
});

test('processes that make them at the same time agree', async () => {
  const program = `import { openSecrets } from '${import.meta.dirname}/secrets.ts'; console.log(openSecrets('${folder}').jwtSecret);`;
  const outputs = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const chunks: Buffer[] = [];
      for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString();
    }),
  );
  expect(new Set(outputs).size).toBe(1);
  expect(outputs[0]).toHaveLength(44);
});
