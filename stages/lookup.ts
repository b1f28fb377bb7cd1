// Questions to the manifest: which stage is meant, which stand, and which of them have a path.
import { SetupError } from '#platform/setup-error.ts';
import type { Manifest, PathRule, Stage } from './manifest.ts';

export const standingStages = ({ stages, standing }: Manifest): readonly Stage[] =>
  stages.filter(({ number }) => standing.includes(number));

/**
 * @param wanted a number (`3`) or a name (`stage-3-catalog-reads`).
 * @throws {SetupError} for a stage that is unknown, or does not stand yet.
 */
export function findStage(wanted: string, manifest: Manifest): Stage {
  const found = manifest.stages.find(({ number, name }) => wanted === String(number) || wanted === name);
  if (found === undefined) {
    throw new SetupError(`there is no stage ${wanted}: npm run stage -- list shows them`);
  }
  if (!manifest.standing.includes(found.number)) {
    const names = standingStages(manifest).map(({ name }) => name);
    throw new SetupError(`${found.name} does not stand yet; what does: ${names.join(', ') || 'nothing'}`);
  }
  return found;
}

/** The rule that decides about a path; undefined where the manifest does not know it. */
export function ruleFor(path: string, manifest: Manifest): PathRule | undefined {
  return manifest.paths.find(({ paths }) => paths.some((glob) => matches(path, glob)));
}

/** @throws {SetupError} for a path that the manifest does not know. */
export function standsAt(path: string, { number }: Stage, manifest: Manifest): boolean {
  const rule = ruleFor(path, manifest);
  if (rule === undefined) throw new SetupError(unknownPath(path));
  return rule.from !== 'never' && rule.from <= number && number <= (rule.until ?? Infinity);
}

export const unknownPath = (path: string): string =>
  `${path} belongs to no stage: add it to a rule of stages/manifest.ts, or delete it`;

/** Unlike path.matchesGlob, a name that begins with a dot is a name like any other. */
function matches(path: string, glob: string): boolean {
  const pattern = glob
    .split(/(\*+)/)
    .map((part) => (part === '**' ? '.*' : part === '*' ? '[^/]*' : part.replace(/[^\w/-]/g, '\\$&')));
  return new RegExp(`^${pattern.join('')}$`).test(path);
}
