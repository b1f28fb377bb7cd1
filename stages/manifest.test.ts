import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '#platform/paths.ts';
import { checkStages } from './check.ts';
import { openGit } from './git.ts';
import { standingStages } from './lookup.ts';
import { manifest } from './manifest.ts';
import { projectTree } from './projection.ts';
import { readWorkTree } from './read-tree.ts';
import { textOf } from './testing.ts';
import type { Tree } from './tree.ts';

test('the stages are numbered in order, and named after their numbers', () => {
  manifest.stages.forEach(({ number, name }, at) => {
    expect(number).toBe(at);
    expect(name).toMatch(new RegExp(`^stage-${at}-[a-z-]+$`));
  });
});

/** What is unpacked from an archive has no repository to ask. */
const inCheckout = existsSync(join(projectRoot, '.git')) ? describe : describe.skip;

inCheckout('this checkout', () => {
  let head: Tree;
  beforeAll(() => void (head = readWorkTree(openGit(projectRoot))));

  test('has a stage for every path, and its overlays and pages are in order', () => {
    expect(checkStages(head, manifest)).toEqual([]);
  });

  test.each(standingStages(manifest))('gives $name the commands of every stage, and no tooling', (stage) => {
    const tree = projectTree(head, stage, manifest);
    const { scripts } = JSON.parse(textOf(tree, 'package.json') ?? '') as { scripts: Record<string, string> };
    const commands = Object.keys(scripts);
    expect(commands).toEqual(expect.arrayContaining(['generate', 'check', 'check:boundaries', 'test']));
    expect(commands.filter((command) => /stage/.test(command))).toEqual([]);
    expect([...tree.keys()].filter((path) => /^stages\/|^scripts\/stage/.test(path))).toEqual([]);
    expect(textOf(tree, 'package-lock.json')).toBe(textOf(head, 'package-lock.json'));
  });
});
