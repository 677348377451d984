/**
 * Finds expectations of tests that a busy machine breaks: a time is below a fixed number of milliseconds. Three kinds of tests are left out, because
 * no machine changes their times: those in virtual time, those with a control beside them (`timedTest`), and those that end before the event loop
 * turns and read no clock, whose times are given by their data.
 */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { ts } from 'ts-morph'

const FIXED = /expect\(.*(?:\bms\b|\w(?:Ms|At)\b(?!\()|\bnow\(\)|\btook|elapsed).*\)\s*\.toBeLessThan\w*\([\d_.]+\)/
/** The helpers of tests in virtual time, and what reads the real one. */
const VIRTUAL = /[/\\]support[/\\](?:virtual|virtual-clock)\.ts$/
const CLOCK = /[/\\]src[/\\]clock\.ts$/
const CLOCKS = new Set(['performance', 'Date', 'hrtime'])

/** A file of tests: its declarations by name, and the files from which it imports names. */
interface TestFile {
  readonly source: ts.SourceFile
  readonly declared: ReadonlyMap<string, readonly ts.Node[]>
  readonly imported: ReadonlyMap<string, string>
}

/** A call of `test` or `timedTest`, and the function that it runs. */
interface TestCall {
  readonly isTimed: boolean
  readonly body: ts.FunctionLikeDeclaration
}

function* nodes(node: ts.Node): Generator<ts.Node> {
  yield node
  for (const child of node.getChildren()) yield* nodes(child)
}

const known = new Map<string, TestFile>()

function read(path: string): TestFile {
  const before = known.get(path)
  if (before) return before
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ESNext, true)
  const declared = new Map<string, ts.Node[]>()
  const imported = new Map<string, string>()
  for (const node of nodes(source)) {
    if (ts.isVariableDeclaration(node) || ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) {
      const names = node.name ? [...nodes(node.name)].filter((one) => ts.isIdentifier(one)) : []
      for (const { text } of names) declared.set(text, [...(declared.get(text) ?? []), node])
    } else if (ts.isImportSpecifier(node) && ts.isStringLiteral(node.parent.parent.parent.moduleSpecifier)) {
      const { text } = node.parent.parent.parent.moduleSpecifier
      if (text.startsWith('.')) imported.set(node.name.text, resolve(dirname(path), text))
    }
  }
  const file = { source, declared, imported }
  known.set(path, file)
  return file
}

/** The names in a part of a file, and those in the declarations of the file that it uses, and so on. */
function namesIn(part: ts.Node, file: TestFile, names = new Set<string>()): Set<string> {
  for (const node of nodes(part)) {
    if (!ts.isIdentifier(node) || names.has(node.text)) continue
    names.add(node.text)
    for (const declaration of file.declared.get(node.text) ?? []) namesIn(declaration, file, names)
  }
  return names
}

/** True when something of these names comes from the helpers of virtual time, directly or by another helper. */
function isVirtual(names: Iterable<string>, { imported }: TestFile): boolean {
  return [...names].some((name) => {
    const path = imported.get(name)
    if (path === undefined || /[/\\]src[/\\]/.test(path)) return false
    const helpers = read(path)
    return VIRTUAL.test(path) || (helpers.declared.get(name) ?? []).some((one) => isVirtual(namesIn(one, helpers), helpers))
  })
}

const readsClock = (names: ReadonlySet<string>, { imported }: TestFile) =>
  [...names].some((name) => CLOCKS.has(name) || CLOCK.test(imported.get(name) ?? ''))

const isAsync = (body: ts.FunctionLikeDeclaration) =>
  ts.canHaveModifiers(body) && (ts.getModifiers(body) ?? []).some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword)

/** All calls of `test…` and `timedTest…` of a file. */
function testsOf({ source }: TestFile): TestCall[] {
  return [...nodes(source)].filter(ts.isCallExpression).flatMap((call) => {
    const [, callee] = /^(test|timedTest)\b/.exec(call.expression.getText()) ?? []
    const body = call.arguments.find((one) => ts.isArrowFunction(one) || ts.isFunctionExpression(one))
    return callee !== undefined && body ? [{ isTimed: callee === 'timedTest', body }] : []
  })
}

/** True when a test has times that a busy machine makes longer. */
function hasRealTime({ isTimed, body }: TestCall, file: TestFile): boolean {
  const names = namesIn(body, file)
  return !isTimed && !isVirtual(names, file) && (isAsync(body) || readsClock(names, file))
}

/** The tests that evaluate an expectation: the one around it, or those that use the function which contains it. */
function testsWith(at: number, file: TestFile): TestCall[] {
  const tests = testsOf(file)
  const around = tests.filter(({ body }) => body.getStart() <= at && at < body.end)
  if (around.length > 0) return around
  const owners = [...file.declared].filter(([, all]) => all.some((one) => one.getStart() <= at && at < one.end))
  return tests.filter(({ body }) => owners.some(([name]) => namesIn(body, file).has(name)))
}

/** Returns the line numbers of a test file at which a real time is expected to be below a fixed number. */
export function fixedTimes(path: string): number[] {
  const text = readFileSync(path, 'utf8')
  if (!FIXED.test(text)) return []
  const file = read(path)
  const starts = file.source.getLineStarts()
  return text.split('\n').flatMap((line, at) => {
    if (!FIXED.test(line)) return []
    const tests = testsWith((starts[at] ?? 0) + line.search(/\S/), file)
    return tests.length === 0 || tests.some((one) => hasRealTime(one, file)) ? [at + 1] : []
  })
}
