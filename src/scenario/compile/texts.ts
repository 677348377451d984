/** Templates, conditions, paths and patterns of a scenario, each compiled with its place: errors become findings, and the variables it reads are recorded. */
import { foreignHabit } from '../../language/expression/condition-habits.ts'
import { compileExpression, type Expression, ExpressionError } from '../../language/expression/expression.ts'
import { translateLegacyCondition } from '../../language/expression/legacy-condition.ts'
import { compileJsonPath, type JsonPath, JsonPathError } from '../../language/jsonpath/jsonpath.ts'
import { compileRegex, type Regex, RegexError } from '../../language/regex.ts'
import { compileTree, inspectTemplate, type Template, TemplateError, type Tree } from '../../language/template/template.ts'
import { E_EXPRESSION } from '../problems/compile/E_EXPRESSION.ts'
import { E_JSONPATH } from '../problems/compile/E_JSONPATH.ts'
import { E_REGEX } from '../problems/compile/E_REGEX.ts'
import { E_TEMPLATE } from '../problems/compile/E_TEMPLATE.ts'
import type { Finding, Mark, Wording } from '../read/source/finding.ts'
import { type Path, pathText } from '../read/source/source.ts'
import { valueAt } from '../schema/schema-walk.ts'
import { textsIn } from '../schema/written-steps.ts'

/** Variables of one text that are looked at: to find the place of each takes time that grows with the text. */
const MAX_USES = 200

/** One place where a text of the scenario reads a variable. */
export interface Use {
  /** Path of the text. */
  readonly path: Path
  readonly name: string
  /** Members that are read of it, such as `json` and `id` of `reply.json.id`. */
  readonly rest: readonly string[]
  /** Number of characters of the text before the variable. */
  readonly offset: number
  /** A condition cannot call the helpers of templates. */
  readonly inTemplate: boolean
  /** Set when the text is in a file of payload fields; `path` is then that of the file's name in the scenario. */
  readonly file?: FieldsFile | undefined
}

/** A text in a file of payload fields. */
interface FieldsFile {
  readonly name: string
  /** Path of the text in the file. */
  readonly inside: Path
}

/** A member of a variable that is read; undefined for the whole variable. */
interface Touch {
  readonly name: string
  readonly member: string | undefined
}

/** What the parts of a scenario are compiled from. */
export interface ScenarioSource {
  /** The scenario as it stands in the file, in which paths lead to the parts. */
  readonly written: unknown
  /** Its folder, in which the files of checks, payloads and forms are. */
  readonly baseDir: string
  readonly texts: Texts
}

/** Compiles the templates and conditions of one scenario. A text with an error becomes a finding and an empty stand-in; no method throws for it. */
export class Texts {
  readonly findings: Finding[] = []
  readonly uses: Use[] = []
  private readonly touches: Touch[] = []
  private readonly written: unknown

  /** `written`: the scenario as it stands in the file, in which the paths lead to the texts. */
  constructor(written: unknown) {
    this.written = written
  }

  /** Compiles every text at or below `path` as a template. */
  look(path: Path): void {
    for (const { text, path: at } of textsIn(valueAt(this.written, path), path)) this.template(text, at)
  }

  /** A value that comes from `path` of the file, templates in its texts. */
  tree(value: unknown, path: Path): Tree {
    this.look(path)
    return this.quietly(() => compileTree(value)) ?? compileTree(undefined)
  }

  /** The fields of a payload that are in a file of their own; `path` leads to the name of the file. */
  fieldsIn(name: string, fields: unknown, path: Path): void {
    for (const { text, path: inside } of textsIn(fields, [])) this.template(text, path, { name, inside })
  }

  /** What `compile` gives; undefined for a template with an error, which has become a finding elsewhere. */
  quietly<T>(compile: () => T): T | undefined {
    try {
      return compile()
    } catch (error) {
      if (error instanceof TemplateError) return undefined
      throw error
    }
  }

  template(text: string, path: Path, file?: FieldsFile): Template {
    const { template, errors } = inspectTemplate(text)
    this.findings.push(...errors.map((error) => inFile(unreadableTemplate(error, text, path), file)))
    for (const { name, rest } of template.touches) this.touches.push({ name, member: rest[0] })
    for (const { name, rest, line, column } of firstUses(template.uses))
      this.uses.push({ path, name, rest, offset: offsetOf(text, line, column), inTemplate: true, file })
    return template
  }

  /** A condition in CEL, or one of the short forms of older files (`contains:yes`). */
  condition(source: string, path: Path): Expression {
    const legacy = translateLegacyCondition(source)
    try {
      const expression = compileExpression(legacy ?? source)
      const { uses, type } = expression
      if (type !== 'bool' && type !== 'dyn') this.report(E_EXPRESSION.notBoolean(type), path)
      for (const { name, rest } of uses) this.touches.push({ name, member: rest[0] })
      for (const use of firstUses(uses)) this.uses.push({ ...use, path, inTemplate: false })
      return expression
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      this.unreadable(source, path, legacy === undefined, error)
      return compileExpression('true')
    }
  }

  jsonPath(source: string, path: Path): JsonPath {
    return this.placed(E_JSONPATH, path, 0, () => compileJsonPath(source)) ?? compileJsonPath('$')
  }

  /** A pattern; `shift`: characters of the text that stand before it. */
  regex(source: string, path: Path, flags = '', shift = 0): Regex {
    return this.placed(E_REGEX, path, shift, () => compileRegex(source, flags)) ?? compileRegex('')
  }

  /** Whether a text may read `member` of the variable `name`, or of any of its members when `member` is left out. */
  reads(name: string, member?: string): boolean {
    return this.touches.some(
      (touch) =>
        touch.name === '' ||
        (touch.name === name && (member === undefined || touch.member === undefined || touch.member === member)),
    )
  }

  /** Reports something that is wrong at `path`. */
  report(wording: Wording, path: Path, mark: Mark = 'value'): void {
    this.findings.push({ ...wording, path, mark })
  }

  /** Reports a condition that cannot be read. `asWritten`: it was not translated, so that places in it are those of the file. */
  private unreadable(source: string, path: Path, asWritten: boolean, error: ExpressionError): void {
    const habit = asWritten ? foreignHabit(source) : undefined
    if (habit === undefined) {
      this.report(E_EXPRESSION.unreadable(error.message), path, asWritten ? { offset: error.column - 1, length: 1 } : 'value')
      return
    }
    const { offset, length, hint } = habit
    this.report(E_EXPRESSION.foreign(source.slice(offset, offset + length), hint), path, { offset, length })
  }

  private placed<T>(kind: typeof E_JSONPATH | typeof E_REGEX, path: Path, shift: number, compile: () => T): T | undefined {
    try {
      return compile()
    } catch (error) {
      if (!(error instanceof RegexError || error instanceof JsonPathError)) throw error
      this.report(kind.unreadable(error.message), path, { offset: shift + error.column - 1, length: 1 })
      return undefined
    }
  }
}

/** Returns a finding about a file of payload fields, moved to where the scenario names that file; unchanged when `file` is undefined. */
export function inFile<T extends Pick<Finding, 'mark' | 'message'>>(finding: T, file: FieldsFile | undefined): T {
  if (file === undefined) return finding
  return { ...finding, mark: 'value', message: `${file.name}: ${finding.message} (at ${pathText(file.inside)})` }
}

/** Every variable once, however often the text reads it. */
function firstUses<T extends { name: string; rest: readonly string[] }>(uses: readonly T[]): T[] {
  const seen = new Map<string, T>()
  for (const use of uses.slice(0, MAX_USES)) {
    const key = [use.name, ...use.rest].join('.')
    if (!seen.has(key)) seen.set(key, use)
  }
  return [...seen.values()]
}

/** Offset in a text of a line and column, both from 1. */
function offsetOf(text: string, line: number, column: number): number {
  let start = 0
  for (let at = 1; at < line; at += 1) start = text.indexOf('\n', start) + 1
  return start + column - 1
}

function unreadableTemplate(error: TemplateError, text: string, path: Path): Finding {
  const mark = { offset: offsetOf(text, error.line, error.column), length: 1 }
  return { ...E_TEMPLATE.unreadable(error.message), path, mark }
}
