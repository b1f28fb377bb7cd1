// A stage's package.json: head's dependencies, the scripts that this stage can run, and its name.

interface PackageFile {
  readonly scripts?: Readonly<Record<string, string>>;
}

/**
 * @param paths the files that the stage has: a script which names another one goes.
 * @param stage where platform/paths.ts finds the stage's name, and so its data folder.
 */
export function projectPackageFile(text: string, paths: ReadonlySet<string>, stage: string): string {
  const head = JSON.parse(text) as PackageFile;
  const runnable = Object.entries(head.scripts ?? {}).filter(([, command]) =>
    namedFiles(command).every((file) => paths.has(file)),
  );
  const projected = { ...head, shop: { stage }, scripts: Object.fromEntries(runnable) };
  return `${JSON.stringify(projected, null, 2)}\n`;
}

/** `node scripts/stage.ts check` names `scripts/stage.ts`. What npm installs is the same in every stage. */
function namedFiles(command: string): readonly string[] {
  const files = command.match(/(?:[\w.@-]+\/)+[\w.-]+\.[cm]?[jt]s\b/g) ?? [];
  return files.map((file) => file.replace(/^\.\//, '')).filter((file) => !file.startsWith('node_modules/'));
}
