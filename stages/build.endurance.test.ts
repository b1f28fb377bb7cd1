import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '#platform/paths.ts';
import { buildStages, tagState } from './build.ts';
import { headCommit, openGit } from './git.ts';
import { standingStages } from './lookup.ts';
import { manifest } from './manifest.ts';
import { projectTree } from './projection.ts';
import { readCommit, readWorkTree } from './read-tree.ts';
import { commitAll, example, first, second, temporaryFolder, treeOf } from './testing.ts';

let folder: string;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => rmSync(folder, { recursive: true }));

const head = treeOf({
  'package.json': '{}',
  'house/doors.ts': 'front();\nside(); // from stage-1\n',
  'house/old.ts': 'old',
  'house/new/run.sh': { mode: '100755', content: Buffer.from([0xff, 0x00]) },
});

test('each stage is one commit, the child of the one before, under a tag of its name', () => {
  const git = commitAll(folder, head);
  const [one, two] = buildStages(git, example);
  expect(git.text(['rev-list', 'stage-1-second'])).toBe(`${two?.commit}\n${one?.commit}`);
  expect(git.text(['rev-parse', 'stage-0-first'])).toBe(one?.commit);
  expect(git.text(['log', '-1', '--format=%an <%ae> %s', 'stage-1-second'])).toBe(
    'Monolith to Microservices <stages@shop.test> stage-1-second: two houses',
  );
});

test('a tag holds what the projection gave, bit by bit', () => {
  const git = commitAll(folder, head);
  const built = buildStages(git, example);
  for (const { stage, commit } of built) {
    const projected = projectTree(head, stage, example);
    const tagged = [...readCommit(git, commit)].map(([path, { mode, content }]) => [path, { mode, content }]);
    expect(tagged).toEqual([...projected].map(([path, { mode, content }]) => [path, { mode, content }]));
  }
});

test('building leaves the branch, the index and the work tree alone', () => {
  const git = commitAll(folder, head);
  writeFileSync(join(folder, 'house/staged.ts'), '');
  git.text(['add', 'house/staged.ts']);
  writeFileSync(join(folder, 'house/loose.ts'), '');
  const before = [headCommit(git), git.text(['status', '--porcelain'])];
  buildStages(git, example);
  expect([headCommit(git), git.text(['status', '--porcelain'])]).toEqual(before);
});

test('the settings of whoever builds do not reach the ids', () => {
  const git = commitAll(folder, head);
  const ids = buildStages(git, example);
  for (const [name, value] of [
    ['user.name', 'Somebody Else'],
    ['commit.gpgSign', 'true'],
    ['tag.gpgSign', 'true'],
    ['core.autocrlf', 'true'],
    ['i18n.commitEncoding', 'ISO-8859-1'],
  ] as const) {
    git.text(['config', name, value]);
  }
  expect(buildStages(git, example)).toEqual(ids);
});

test('a tag is current until the next commit', () => {
  const git = commitAll(folder, head);
  expect(tagState(git, first)).toBe('missing');
  buildStages(git, example);
  expect(tagState(git, second)).toBe('current');
  const later = { GIT_COMMITTER_DATE: '2099-01-01T00:00:00Z' };
  git.text(['commit', '--quiet', '--allow-empty', '--message', 'later'], { environment: later });
  expect(tagState(git, second)).toBe('older');
  buildStages(git, example);
  expect(tagState(git, second)).toBe('current');
});

test('where nothing is committed yet, it says so', () => {
  const git = commitAll(folder, head);
  git.text(['checkout', '--quiet', '--orphan', 'empty']);
  expect(() => buildStages(git, example)).toThrow('there is no commit yet');
});

/** What is unpacked from an archive has no repository to be copied. */
const inCheckout = existsSync(join(projectRoot, '.git')) ? test : test.skip;

inCheckout('the stages of this very tree have the same ids each time they are built', () => {
  const git = commitAll(folder, readWorkTree(openGit(projectRoot)));
  const ids = buildStages(git, manifest);
  expect(ids.map(({ stage }) => stage)).toEqual(standingStages(manifest));
  expect(buildStages(git, manifest)).toEqual(ids);

  const elsewhere = temporaryFolder();
  try {
    git.text(['clone', '--quiet', folder, elsewhere]);
    expect(buildStages(openGit(elsewhere), manifest)).toEqual(ids);
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
});
