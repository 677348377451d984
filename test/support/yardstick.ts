/**
 * The yardstick of the sources: sizes, rooms, imports, names, docstrings, tests and commits, counted with the compiler's own API.
 *
 * `npm run yardstick` prints the table; `npm run yardstick -- --since REF` counts the commits after REF (the last 100 otherwise), and
 * `--list MEASURE` prints what a measure counted, one per line, so that it can be mended.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ts } from 'ts-morph'
import { fixedTimes } from './fixed-times.ts'

/** One row of the table: what was measured, the figure as text, the goal as text, and what the figure counts. */
interface Measure {
  readonly name: string
  readonly figure: string
  readonly goal: string
  /** What is over the goal or was counted, worst first, for `--list`. */
  readonly found: readonly string[]
}

const ROOT = join(import.meta.dirname, '..', '..')
const SRC = join(ROOT, 'src')

const walk = (folder: string, suffix: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(suffix))
    .map((name) => join(folder, name))
    .sort()
const nameOf = (file: string) => relative(SRC, file).replaceAll('\\', '/')
const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`
const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)
/** The nearest-rank quantile; 0 for no numbers. */
const quantile = (numbers: readonly number[], share: number) =>
  sorted(numbers)[Math.max(0, Math.ceil(share * numbers.length) - 1)] ?? 0
const most = <T>(things: readonly T[], size: (one: T) => number) => things.toSorted((a, b) => size(b) - size(a))

function programOf(files: readonly string[]): ts.Program {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    types: ['node'],
  }
  return ts.createProgram(files, options, ts.createCompilerHost(options, true))
}

function* nodes(node: ts.Node): Generator<ts.Node> {
  yield node
  for (const child of node.getChildren()) yield* nodes(child)
}

const lineOf = (source: ts.SourceFile, at: number) => source.getLineAndCharacterOfPosition(at).line + 1
const placeOf = (source: ts.SourceFile, node: ts.Node) => `${nameOf(source.fileName)}:${lineOf(source, node.getStart())}`

function isFunction(node: ts.Node): node is ts.FunctionLikeDeclaration {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isConstructorDeclaration(node) ||
    ts.isAccessor(node)
  )
}

function functions(sources: readonly ts.SourceFile[]): Measure[] {
  const sizes = sources.flatMap((source) =>
    [...nodes(source)]
      .filter((node) => isFunction(node))
      .filter(({ body }) => body !== undefined)
      .map((node) => ({ at: placeOf(source, node), lines: lineOf(source, node.end) - lineOf(source, node.getStart()) + 1 })),
  )
  const lines = sizes.map((one) => one.lines)
  const long = most(sizes, (one) => one.lines).filter((one) => one.lines > 50)
  const figure = [quantile(lines, 0.5), quantile(lines, 0.95), quantile(lines, 1)].join(' / ')
  return [
    {
      name: 'lines of a function: median / 95th / longest',
      figure: `${figure} (${lines.length} functions)`,
      goal: '≤ 60',
      found: long.map(({ at, lines }) => `${at} ${lines}`),
    },
  ]
}

const linesOf = (source: ts.SourceFile) => source.text.trimEnd().split('\n').length

function files(sources: readonly ts.SourceFile[]): Measure[] {
  const total = sources.reduce((sum, { text }) => sum + text.split('\n').length - 1, 0)
  const sizes = most(sources, linesOf).map((source) => `${nameOf(source.fileName)} ${linesOf(source)}`)
  const lines = sources.map(linesOf)
  return [
    { name: 'lines of src', figure: `${total} in ${sources.length} files`, goal: '≤ 60000', found: sizes },
    {
      name: 'lines of a file: median / longest',
      figure: `${quantile(lines, 0.5)} / ${quantile(lines, 1)}`,
      goal: '≤ 300',
      found: sizes.slice(0, 30),
    },
  ]
}

/** The files of `src` that each one imports, by import and export declarations and `import()`. */
function importsOf(sources: readonly ts.SourceFile[]): Map<string, string[]> {
  const target = (source: ts.SourceFile, specifier: string) => resolve(dirname(source.fileName), specifier)
  return new Map(
    sources.map((source) => [
      source.fileName,
      ts
        .preProcessFile(source.text)
        .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
        .map(({ fileName }) => target(source, fileName)),
    ]),
  )
}

/** The longest chain of imports among files of one folder, in files. */
function floorsOf(room: readonly string[], imports: ReadonlyMap<string, readonly string[]>): number {
  const known = new Map<string, number>()
  const depth = (file: string): number => {
    const before = known.get(file)
    if (before !== undefined) return before
    known.set(file, 1) // a circle counts once
    const below = (imports.get(file) ?? []).filter((to) => room.includes(to)).map(depth)
    known.set(file, 1 + Math.max(0, ...below))
    return 1 + Math.max(0, ...below)
  }
  return Math.max(...room.map(depth))
}

function rooms(sources: readonly ts.SourceFile[]): Measure[] {
  const imports = importsOf(sources)
  const byFolder = Map.groupBy(
    sources.map(({ fileName }) => fileName),
    (file) => dirname(file),
  )
  const rooms = [...byFolder].map(([folder, names]) => ({
    name: nameOf(folder) || 'src',
    files: names.length,
    floors: floorsOf(names, imports),
  }))
  const [largest] = most(rooms, (room) => room.files)
  const [tallest] = most(rooms, (room) => room.floors)
  return [
    {
      name: 'files in a room: most',
      figure: `${largest?.files} (${largest?.name})`,
      goal: '≤ 14',
      found: most(rooms, (room) => room.files).map((room) => `${room.name} ${room.files}`),
    },
    {
      name: 'floors inside a room: most',
      figure: `${tallest?.floors} (${tallest?.name})`,
      goal: '≤ 6',
      found: most(rooms, (room) => room.floors).map((room) => `${room.name} ${room.floors}`),
    },
  ]
}

function importCounts(sources: readonly ts.SourceFile[]): Measure[] {
  const counts = sources.map((source) => ({
    file: nameOf(source.fileName),
    imports: source.statements.filter((one) => ts.isImportDeclaration(one)).length,
  }))
  const over = most(counts, (one) => one.imports).filter((one) => one.imports > 15)
  const [first] = most(counts, (one) => one.imports)
  return [
    {
      name: 'imports of one file: most',
      figure: `${first?.imports} (${first?.file}); ${over.length} files over 15`,
      goal: '≤ 15',
      found: over.map((one) => `${one.file} ${one.imports}`),
    },
  ]
}

type Declared = ts.DeclarationStatement | ts.VariableStatement
const isDeclared = (node: ts.Statement): node is Declared =>
  ts.isFunctionDeclaration(node) ||
  ts.isClassDeclaration(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node) ||
  ts.isVariableStatement(node)
const isExported = (node: Declared) =>
  (ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
const namesOf = (node: Declared) =>
  ts.isVariableStatement(node)
    ? node.declarationList.declarations.map(({ name }) => name.getText())
    : [node.name?.getText() ?? 'default']

function exportsOf(sources: readonly ts.SourceFile[]) {
  return sources.flatMap((source) =>
    source.statements
      .filter(isDeclared)
      .filter(isExported)
      .map((node) => ({ source, node, names: namesOf(node), documented: ts.getJSDocCommentsAndTags(node).length > 0 })),
  )
}

function docstrings(sources: readonly ts.SourceFile[]): Measure[] {
  const all = exportsOf(sources)
  const bare = all.filter((one) => !one.documented)
  return [
    {
      name: 'exports with a docstring',
      figure: `${percent(all.length - bare.length, all.length)} of ${all.length}`,
      goal: '≥ 95 %',
      found: bare.map(({ source, node, names }) => `${placeOf(source, node)} ${names.join(', ')}`),
    },
  ]
}

function typeNames(sources: readonly ts.SourceFile[]): Measure[] {
  const declared = sources.flatMap((source) =>
    [...nodes(source)]
      .filter((node) => ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node))
      .map((node) => ({ name: node.name?.text ?? '', file: nameOf(source.fileName) })),
  )
  const owners = Map.groupBy(declared, ({ name }) => name)
  const shared = [...owners].filter(([, where]) => new Set(where.map(({ file }) => file)).size > 1)
  return [
    {
      name: 'type names with two or more meanings',
      figure: `${percent(shared.length, owners.size)} of ${owners.size}`,
      goal: '≤ 2 %',
      found: shared.map(([name, where]) => `${name}: ${where.map(({ file }) => file).join(', ')}`),
    },
  ]
}

const isWrite = (node: ts.Node): node is ts.BinaryExpression | ts.PrefixUnaryExpression | ts.PostfixUnaryExpression =>
  (ts.isBinaryExpression(node) &&
    node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
    node.operatorToken.kind <= ts.SyntaxKind.LastAssignment) ||
  ((ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) &&
    (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken))

/** Assignments to fields of `Exchange` in other files than its own. */
function exchangeWrites(sources: readonly ts.SourceFile[], checker: ts.TypeChecker): Measure[] {
  const found = sources
    .filter(({ fileName }) => nameOf(fileName) !== 'exchange.ts')
    .flatMap((source) =>
      [...nodes(source)].filter(isWrite).flatMap((node) => {
        const target = ts.isBinaryExpression(node) ? node.left : node.operand
        if (!ts.isPropertyAccessExpression(target)) return []
        const type = checker.getNonNullableType(checker.getTypeAtLocation(target.expression))
        return type.symbol?.name === 'Exchange' ? [`${placeOf(source, node)} ${target.getText()}`] : []
      }),
    )
  return [{ name: 'writes to fields of Exchange from outside', figure: String(found.length), goal: '0', found }]
}

/** Exports of `src` that no file names which imports their file: files of `src` and `test`, and the executable for `cli/start.ts`. */
function unusedExports(sources: readonly ts.SourceFile[], tests: readonly ts.SourceFile[]): Measure[] {
  const words = (text: string) => new Set(text.match(/\w+/g))
  const named = new Map([[join(SRC, 'cli', 'start.ts'), words(readFileSync(join(ROOT, 'bin', 'burn.js'), 'utf8'))]])
  const all = [...sources, ...tests]
  const imports = importsOf(all)
  for (const { fileName, text } of all)
    for (const file of imports.get(fileName) ?? []) named.set(file, new Set([...(named.get(file) ?? []), ...words(text)]))
  const found = exportsOf(sources).flatMap(({ source, node, names }) =>
    names.filter((name) => !named.get(source.fileName)?.has(name)).map((name) => `${placeOf(source, node)} ${name}`),
  )
  return [{ name: 'exports that nothing imports', figure: String(found.length), goal: '0', found }]
}

/** Whether a file has a function with a body: types, constants, registries and re-exports have nothing of their own to test. */
const hasCode = (source: ts.SourceFile) => [...nodes(source)].some((node) => isFunction(node) && node.body !== undefined)

/** The names that a test of `a/b/c.ts` may have, with the number of folders that each leaves out: `a-b-c` 0, `a-c` 1. */
function ownNames(file: string): { name: string; leftOut: number }[] {
  const parts = nameOf(file).replace(/\.ts$/, '').split('/')
  const [room = '', ...between] = parts.slice(0, -1)
  const kept = between.reduce<string[][]>((lists, folder) => lists.flatMap((list) => [list, [...list, folder]]), [[]])
  const names = kept.map((folders) => [...(room ? [room] : []), ...folders, ...parts.slice(-1)].join('-'))
  return names.map((name, at) => ({ name, leftOut: between.length - (kept[at]?.length ?? 0) }))
}

/**
 * Source files with code that have a test file of their own: `metrics/check/text.ts` in `metrics/check/text.test.ts`, `metrics/check-text.test.ts`
 * or `metrics/text.test.ts`. A test file counts for one source, the one whose path it leaves the fewest folders of. The file of a problem code has
 * its tests in the block of its name in `scenario/problems.test.ts`, which goes through the pages of all codes.
 */
function testsOfOwnName(sources: readonly ts.SourceFile[], tests: readonly string[]): Measure[] {
  const inTest = (file: string) => relative(join(ROOT, 'test'), file).replace('.test.ts', '').replaceAll(/[\\/]/g, '-')
  const free = new Set(tests.filter((file) => file.endsWith('.test.ts')).map(inTest))
  const coded = sources.filter(hasCode).map(({ fileName }) => fileName)
  const wishes = coded.flatMap((file) => ownNames(file).map((wish) => ({ file, ...wish })))
  const onPage = (file: string) => existsSync(join(ROOT, 'scenarios', 'problems', `${basename(file, '.ts')}.md`))
  const tested = new Set(coded.filter(onPage))
  for (const { file, name } of wishes.toSorted((a, b) => a.leftOut - b.leftOut)) {
    if (!tested.has(file) && free.delete(name)) tested.add(file)
  }
  return [
    {
      name: 'source files with code that have a test of their own name',
      figure: `${percent(tested.size, coded.length)} of ${coded.length}`,
      goal: '≥ 60 %',
      found: coded.filter((file) => !tested.has(file)).map(nameOf),
    },
  ]
}

/** `retry:` options of tests, and expectations that a real time is below a fixed number of milliseconds, which a busy machine breaks. */
function testTimes(tests: readonly string[]): Measure[] {
  const retried = /^\s*(?:test|describe|timedTest)\b.*\{[^}]*\bretry: \d+[^}]*\}, (?:async )?\(/
  const found = tests
    .filter((file) => !/[/\\](?:proofs|bench|integration|support)[/\\]/.test(file))
    .flatMap((file) => {
      const fixed = new Set(fixedTimes(file))
      return readFileSync(file, 'utf8')
        .split('\n')
        .flatMap((line, at) =>
          retried.test(line) || fixed.has(at + 1) ? [`${relative(ROOT, file)}:${at + 1} ${line.trim()}`] : [],
        )
    })
  return [{ name: 'retry marks and fixed times in unit tests', figure: String(found.length), goal: '0', found }]
}

function commits(since: string | undefined): Measure[] {
  const range = since === undefined ? ['-n', '100'] : [`${since}..HEAD`]
  const git = (...args: string[]) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 1e9 })
  const entries = git('log', '--no-merges', '--format=%x00%s', '--name-only', ...range)
    .split('\0')
    .filter((text) => text !== '')
    .map((text) => text.trim().split(/\n+/))
    .map(([subject = '', ...names]) => ({ subject, files: names.length }))
  const subjects = entries.map(({ subject }) => subject.length)
  const figure = [quantile(subjects, 0.5), quantile(subjects, 1)].join(', longest ')
  return [
    {
      name: `files of a commit: median of ${entries.length}`,
      figure: String(
        quantile(
          entries.map((one) => one.files),
          0.5,
        ),
      ),
      goal: '≤ 5',
      found: most(entries, (one) => one.files).map((one) => `${one.files} ${one.subject}`),
    },
    {
      name: 'length of a subject: median',
      figure,
      goal: '≤ 60',
      found: entries.filter(({ subject }) => subject.length > 60).map(({ subject }) => subject),
    },
  ]
}

function measure(since: string | undefined): Measure[] {
  const paths = walk(SRC, '.ts')
  const program = programOf(paths)
  const known = new Set(paths)
  const sources = program.getSourceFiles().filter(({ fileName }) => known.has(resolve(fileName)))
  const tests = walk(join(ROOT, 'test'), '.ts')
  return [
    ...files(sources),
    ...functions(sources),
    ...rooms(sources),
    ...importCounts(sources),
    ...typeNames(sources),
    ...exchangeWrites(sources, program.getTypeChecker()),
    ...docstrings(sources),
    ...unusedExports(
      sources,
      tests.map((file) => ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext)),
    ),
    ...testsOfOwnName(sources, tests),
    ...testTimes(tests),
    ...commits(since),
  ]
}

const { values } = parseArgs({ options: { since: { type: 'string' }, list: { type: 'string' } } })
const table = measure(values.since)
if (values.list === undefined) {
  console.log('| measure | now | goal |\n| --- | --- | --- |')
  for (const { name, figure, goal } of table) console.log(`| ${name} | ${figure} | ${goal} |`)
} else {
  const asked = table.filter(({ name }) => name.includes(values.list ?? ''))
  for (const { name, found } of asked) console.log(`${name}\n${found.map((line) => `  ${line}`).join('\n')}`)
}
