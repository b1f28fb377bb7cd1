// Builds one commit per stage, each the child of the stage before it, and tags it with the stage's name.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commitTime, headCommit, type Git } from './git.ts';
import { standingStages } from './lookup.ts';
import type { Manifest, Stage } from './manifest.ts';
import { projectTree } from './projection.ts';
import { readCommit } from './read-tree.ts';
import type { Tree, TreeFile } from './tree.ts';

export interface BuiltStage {
  readonly stage: Stage;
  readonly commit: string;
  readonly files: number;
}

/** Everything that enters a commit's id is fixed, or head's: building twice gives the same ids. */
const IDENTITY = { name: 'Monolith to Microservices', email: 'stages@shop.test' };

/** @returns the stages that stand, oldest first. Their tags are moved if they exist already. */
export function buildStages(git: Git, manifest: Manifest): readonly BuiltStage[] {
  const head = headCommit(git);
  const tree = readCommit(git, head);
  const date = `${commitTime(git, head)} +0000`;
  let parent: string | undefined;
  const built = standingStages(manifest).map((stage) => {
    const projected = projectTree(tree, stage, manifest);
    const commit = commitTree(git, writeTree(git, projected), stage, date, parent);
    parent = commit;
    return { stage, commit, files: projected.size };
  });
  // Not `git tag`: a reader's own settings may make it sign, and ask for a passphrase.
  for (const { stage, commit } of built) git.text(['update-ref', `refs/tags/${stage.name}`, commit]);
  return built;
}

/** By an index of its own: the reader's, and whatever is staged in it, stay as they are. */
function writeTree(git: Git, tree: Tree): string {
  const folder = mkdtempSync(join(tmpdir(), 'shop-stage-index-'));
  const environment = { GIT_INDEX_FILE: join(folder, 'index') };
  const lines = [...tree].map(([path, file]) => `${file.mode} ${blobOf(git, file)}\t${path}\0`);
  try {
    git.text(['update-index', '-z', '--index-info'], { input: lines.join(''), environment });
    return git.text(['write-tree'], { environment });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const blobOf = (git: Git, { blob, content }: TreeFile): string =>
  blob ?? git.text(['hash-object', '-w', '--stdin'], { input: content });

function commitTree(git: Git, tree: string, stage: Stage, date: string, parent: string | undefined): string {
  const parents = parent === undefined ? [] : ['-p', parent];
  return git.text(['-c', 'i18n.commitEncoding=UTF-8', 'commit-tree', tree, ...parents], {
    input: `${stage.name}: ${stage.summary}\n`,
    environment: {
      GIT_AUTHOR_NAME: IDENTITY.name,
      GIT_AUTHOR_EMAIL: IDENTITY.email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: IDENTITY.name,
      GIT_COMMITTER_EMAIL: IDENTITY.email,
      GIT_COMMITTER_DATE: date,
    },
  });
}

export type TagState = 'current' | 'older' | 'missing';

/** Whether a stage's tag exists, and was built from the commit that is checked out now. */
export function tagState(git: Git, stage: Stage): TagState {
  const tag = `refs/tags/${stage.name}`;
  if (git.text(['for-each-ref', tag]) === '') return 'missing';
  return commitTime(git, tag) === commitTime(git, 'HEAD') ? 'current' : 'older';
}
