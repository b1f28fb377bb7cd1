// How much source of our own serves a shape: what its programs import, counted without tests, generated code, comments
// and empty lines.
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { projectRoot } from '#platform/paths.ts';

const IMPORT = /\b(?:from|import)\s*\(?\s*'((?:\.{1,2}|#platform)\/[^']+\.ts)'/g;
const NOT_OURS = /^generated\//;

/** @param programs from the root of the checkout; what several of them import counts once. */
export function countSourceLines(programs: readonly string[], root: string = projectRoot): number {
  const seen = new Set<string>();
  const waiting = [...programs];
  let lines = 0;
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file) || NOT_OURS.test(file)) continue;
    seen.add(file);
    const text = readFileSync(join(root, file), 'utf8');
    lines += linesOfCode(text);
    for (const [, name = ''] of text.matchAll(IMPORT)) waiting.push(resolveName(name, file, root));
  }
  return lines;
}

const resolveName = (name: string, from: string, root: string) =>
  name.startsWith('#')
    ? name.slice(1)
    : relative(root, join(root, dirname(from), name)).replaceAll('\\', '/');

function linesOfCode(text: string): number {
  const code = text.replace(/^\s*\/\*[\s\S]*?\*\//gm, '');
  return code.split('\n').filter((line) => !/^\s*(\/\/.*)?$/.test(line)).length;
}
