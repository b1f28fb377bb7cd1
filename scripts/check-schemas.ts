// npm run check:schemas: a module reads and writes the tables of its own schema alone, in raw SQL too.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { program } from 'commander';
import ts from 'typescript';
import { projectRoot } from '#platform/paths.ts';
import { runProcess } from '#platform/process.ts';
import { SetupError } from '#platform/setup-error.ts';

const REASON =
  "a module's tables are its own: whoever joins them, or writes them, has to be found and changed when the module moves out. Ask the module, by a port.";

program
  .name('npm run check:schemas --')
  .description("Fails where a module's code names a model, a table or a schema of another module.")
  .argument('[folder]', 'the tree to judge', projectRoot)
  .option('--json', 'one JSON object')
  .action((folder: string, { json }: { json?: true }) => {
    const { files, violations } = judge(resolve(folder));
    if (json) console.log(JSON.stringify({ files, violations }));
    else {
      for (const { file, line, name, module } of violations)
        console.error(`${file}:${line} names ${name}, which is ${module}'s\n    ${REASON}`);
      if (files > 0) console.log(`${files} files of modules judged, ${violations.length} violations`);
    }
    if (files === 0) console.error(`no module was found in ${folder}: nothing was judged`);
    process.exitCode = files === 0 || violations.length > 0 ? 1 : 0;
  });

interface Violation {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  readonly module: string;
}

/** Whose each name is. A schema is named after its module. */
interface Names {
  /** As TypeScript knows them: `OrderItem`, and enums. */
  readonly models: ReadonlyMap<string, string>;
  /** As a Prisma client knows them: `orderItem`. */
  readonly delegates: ReadonlyMap<string, string>;
  /** As SQL knows them: tables, types and schemas. A name that two modules have is not in it. */
  readonly sql: ReadonlyMap<string, string>;
}

function judge(root: string): { files: number; violations: readonly Violation[] } {
  const schema = join(root, 'prisma/monolith/schema.prisma');
  if (!existsSync(schema)) throw new SetupError(`${schema} does not exist`);
  const names = namesOf(readFileSync(schema, 'utf8'));
  const files = globSync('monolith/modules/*/**/*.ts', { cwd: root }).filter(
    // Tests, and what prepares a database for them, may look behind the doors.
    (file) => !/(\.test|[\\/]testing)\.ts$/.test(file),
  );
  const violations = files.sort().flatMap((file) => {
    const [, module = ''] = /^monolith.modules.([^/\\]+)/.exec(file) ?? [];
    const source = ts.createSourceFile(
      file,
      readFileSync(join(root, file), 'utf8'),
      ts.ScriptTarget.Latest,
      true,
    );
    return namedIn(source, names)
      .filter((found) => found.module !== module)
      .map((found) => ({ file, ...found }));
  });
  return { files: files.length, violations };
}

function namesOf(schema: string): Names {
  const blocks = [...schema.matchAll(/^(model|enum) (\w+) \{(.*?)^\}/gms)].map(
    ([, kind, name = '', body = '']) => ({
      kind,
      name,
      table: /@@map\("(\w+)"\)/.exec(body)?.[1] ?? name,
      module: /@@schema\("(\w+)"\)/.exec(body)?.[1] ?? 'public',
    }),
  );
  const modules = new Set(blocks.map(({ module }) => module));
  const owners = (table: string) =>
    new Set(blocks.filter((block) => block.table === table).map(({ module }) => module));
  return {
    models: new Map(blocks.map(({ name, module }) => [name, module])),
    delegates: new Map(
      blocks
        .filter(({ kind }) => kind === 'model')
        .map(({ name, module }) => [name.charAt(0).toLowerCase() + name.slice(1), module]),
    ),
    sql: new Map([
      ...blocks
        .filter(({ table }) => owners(table).size === 1)
        .map(({ table, module }) => [table, module] as const),
      ...[...modules].map((module) => [module, module] as const),
    ]),
  };
}

const QUERY = /^(find|create|update|upsert|delete|count|aggregate|groupBy)/;
/** A literal with one of these in it is SQL. */
const SQL = /\b(SELECT|INSERT|UPDATE|DELETE|FROM|JOIN|INTO|USING|TABLE|LOCK)\b/;
/** Where SQL in lower case names a table: a literal like this may also be a sentence, so only these words count. */
const TABLE_AFTER = /\b(?:from|join|into|update|using|table)\s+(?:only\s+)?((?:"?\w+"?\.)?"?\w+"?)/gi;

function namedIn(source: ts.SourceFile, names: Names): Omit<Violation, 'file'>[] {
  const found: Omit<Violation, 'file'>[] = [];
  const add = (node: ts.Node, name: string, module: string | undefined) => {
    if (module === undefined) return;
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    found.push({ line: line + 1, name, module });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node)) {
      const of = node.expression;
      // current().order, and anything.order.findMany
      if (isCurrent(of)) add(node, node.name.text, names.delegates.get(node.name.text));
      else if (QUERY.test(node.name.text) && ts.isPropertyAccessExpression(of) && !isCurrent(of.expression))
        add(node, of.name.text, names.delegates.get(of.name.text));
    } else if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) {
      const { text } = node.argumentExpression;
      add(node, text, names.delegates.get(text));
    } else if (ts.isVariableDeclaration(node) && ts.isObjectBindingPattern(node.name) && node.initializer) {
      // const { order } = current()
      if (isCurrent(node.initializer))
        for (const { name, propertyName = name } of node.name.elements)
          add(node, propertyName.getText(), names.delegates.get(propertyName.getText()));
    } else if (ts.isQualifiedName(node) && node.left.getText() === 'Prisma') {
      // Prisma.OrderWhereInput
      const model = [...names.models.keys()]
        .filter((name) => node.right.text.startsWith(name))
        .sort((a, b) => b.length - a.length)[0];
      if (model !== undefined) add(node, node.right.text, names.models.get(model));
    } else if (ts.isImportDeclaration(node) && /generated\/prisma\//.test(node.moduleSpecifier.getText())) {
      const { namedBindings } = node.importClause ?? {};
      if (namedBindings && ts.isNamedImports(namedBindings))
        for (const { name, propertyName = name } of namedBindings.elements)
          add(node, propertyName.text, names.models.get(propertyName.text));
      return;
    } else if (ts.isTemplateExpression(node)) {
      const text = [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(' ? ');
      for (const name of namesInSql(text, names)) add(node, name, names.sql.get(name));
    } else if (ts.isStringLiteralLike(node) && !ts.isImportDeclaration(node.parent)) {
      for (const name of namesInSql(node.text, names)) add(node, name, names.sql.get(name));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const isCurrent = (node: ts.Node): boolean =>
  ts.isAwaitExpression(node) || ts.isParenthesizedExpression(node)
    ? isCurrent(node.expression)
    : ts.isCallExpression(node) && /(^|\.)current$/.test(node.expression.getText());

/** @returns the names that SQL would find, each once. */
function namesInSql(text: string, { sql }: Names): ReadonlySet<string> {
  const words = SQL.test(text)
    ? (text.replace(/'[^']*'|--.*/g, ' ').match(/\w+/g) ?? [])
    : [...text.matchAll(TABLE_AFTER)].flatMap(([, name = '']) => name.match(/\w+/g) ?? []);
  return new Set(words.filter((word) => sql.has(word)));
}

await runProcess('npm run check:schemas', async () => void (await program.parseAsync()));
