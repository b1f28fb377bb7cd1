// What must hold at head so that every stage can be cut from it: each problem is one line with its remedy.
import { posix } from 'node:path';
import { ruleFor, standingStages, unknownPath } from './lookup.ts';
import type { Manifest, Stage } from './manifest.ts';
import { overlayOf, pageOf, projectTree } from './projection.ts';
import { registeredStages } from './registrations.ts';
import { below, type Tree } from './tree.ts';

/** Many whole files that stand in for head's are no projection but a fork: stage 0 alone may need that many. */
const overlayLimit = ({ number }: Stage): number => (number === 0 ? 12 : 4);

/** @param head the tree to judge, usually what lies in the work tree. */
export function checkStages(head: Tree, manifest: Manifest): readonly string[] {
  const unknown = [...head.keys()].filter((path) => ruleFor(path, manifest) === undefined).map(unknownPath);
  return [
    ...unknown,
    ...strayFolders(head, manifest),
    ...manifest.stages.flatMap((stage) => overlayProblems(head, stage, manifest)),
    ...registrationProblems(head, manifest),
    // A page is judged against its stage's files, which cannot be told before every path is known.
    ...(unknown.length > 0
      ? []
      : standingStages(manifest).flatMap((stage) => pageProblems(head, stage, manifest))),
  ];
}

/** Folders of stages/ that are no stage. */
const TOOLS = ['rehearsal'];

function strayFolders(head: Tree, { stages }: Manifest): readonly string[] {
  const folders = [...below(head, 'stages/').keys()].filter((path) => path.includes('/'));
  const names = new Set(folders.map((path) => path.split('/')[0] ?? ''));
  return [...names]
    .filter((folder) => !TOOLS.includes(folder) && !stages.some(({ name }) => name === folder))
    .map((folder) => `stages/${folder}/ is no stage of stages/manifest.ts: rename it, or add the stage`);
}

function overlayProblems(head: Tree, stage: Stage, { overlayAdditions }: Manifest): readonly string[] {
  const overlay = [...below(head, overlayOf(stage))];
  const limit = overlayLimit(stage);
  const tooMany =
    overlay.length > limit
      ? [`${overlayOf(stage)} has ${overlay.length} files, at most ${limit} are allowed: make head serve it`]
      : [];
  const problems = overlay.flatMap(([path, { content }]) => {
    const file = overlayOf(stage) + path;
    const replaced = head.get(path);
    if (replaced === undefined) {
      return path in overlayAdditions
        ? []
        : [`${file} replaces nothing: say why it is needed in overlayAdditions of stages/manifest.ts`];
    }
    return replaced.content.equals(content) ? [`${file} is the same as ${path}: delete it`] : [];
  });
  return [...tooMany, ...problems];
}

function registrationProblems(head: Tree, manifest: Manifest): readonly string[] {
  const missing = manifest.registrationFiles
    .filter((path) => !head.has(path))
    .map((path) => `${path} does not exist: take it out of registrationFiles in stages/manifest.ts`);
  const marks = [...head].flatMap(([path, { content }]) => {
    const ours = ruleFor(path, manifest)?.from !== 'never' && !path.endsWith('.md');
    const marked = ours ? registeredStages(content.toString()) : [];
    const unknown = marked.filter((mark) => !manifest.stages.some(({ number }) => number === mark));
    return [
      ...unknown.map((mark) => `${path} names stage-${mark}, which stages/manifest.ts does not know`),
      ...(marked.length > 0 && !manifest.registrationFiles.includes(path)
        ? [`${path} has stage marks: add it to registrationFiles in stages/manifest.ts`]
        : []),
    ];
  });
  return [...missing, ...marks];
}

function pageProblems(head: Tree, stage: Stage, manifest: Manifest): readonly string[] {
  const page = head.get(pageOf(stage));
  if (page === undefined) return [`${pageOf(stage)} is missing: every stage that stands has its page`];

  const paths = [...projectTree(head, stage, manifest).keys()];
  const links = page.content.toString().matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g);
  return [...links].flatMap(([, link = '']) => {
    const target = posix.join(posix.dirname(pageOf(stage)), link).replace(/\/$/, '');
    const stands = paths.some((path) => path === target || path.startsWith(`${target}/`));
    return stands ? [] : [`${pageOf(stage)} links to ${link}, which its stage does not have`];
  });
}
