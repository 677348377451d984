/**
 * Templates, conditions, paths and patterns of a scenario, each compiled with its path in the file. Errors become findings, and the variables that
 * are read are recorded.
 */
import { foreignHabit } from '../../language/expression/condition-habits.ts'
import { compileExpression, type Expression, ExpressionError } from '../../language/expression/expression.ts'
import { translateLegacyCondition } from '../../language/expression/legacy-condition.ts'
import { compileJsonPath, type JsonPath, JsonPathError } from '../../language/jsonpath/jsonpath.ts'
import { compileRegex, type Regex, RegexError } from '../../language/regex.ts'
import { compileJsonMember } from '../../language/template/json-text.ts'
import {
  compileTree,
  inspectTemplate,
  type Template,
  TemplateError,
  type Tree,
  type VariableUse,
} from '../../language/template/template.ts'
import { E_EXPRESSION } from '../problems/compile/E_EXPRESSION.ts'
import { E_JSONPATH } from '../problems/compile/E_JSONPATH.ts'
import { E_REGEX } from '../problems/compile/E_REGEX.ts'
import { E_TEMPLATE } from '../problems/compile/E_TEMPLATE.ts'
import type { Finding, Mark, Wording } from '../read/source/finding.ts'
import { type Path, pathText } from '../read/source/source.ts'
import { valueAt } from '../schema/schema-walk.ts'
import { textsIn } from '../schema/written-steps.ts'

/** Largest number of variables in one text that are checked, because finding each of them takes time that grows with the length of the text. */
const MAX_USES = 200

/** A position in a scenario at which a template or condition reads a variable. */
export interface Use {
  /** Path of the text that reads the variable, in the scenario. */
  readonly path: Path
  readonly name: string
  /** The members that are read of the variable: `json` and `id` for `reply.json.id`. */
  readonly rest: readonly string[]
  /** Offset of the variable in the text, in characters. */
  readonly offset: number
  /** True in a template, false in a condition, which cannot call the helpers of templates. */
  readonly inTemplate: boolean
  /** What the value serves for when that must be a text, number, or true or false; undefined where a map can stand, too. */
  readonly servesAs: 'text' | 'operand' | undefined
  /**
   * The file of payload fields that contains the text; `path` is then where the scenario names the file. Undefined for a text of the scenario itself.
   */
  readonly file?: FieldsFile | undefined
}

/** The place of a text in a file of payload fields. */
interface FieldsFile {
  readonly name: string
  /** Path of the text inside the file of payload fields. */
  readonly inside: Path
}

/** A variable that a text reads, and the member that it reads of it; undefined for the whole variable. */
interface Touch {
  readonly name: string
  readonly member: string | undefined
}

/** The input that all compilers of scenario parts share: the scenario as written, its folder, and the compiler of its templates. */
export interface ScenarioSource {
  /** The scenario as written in the file; paths of its parts lead through it. */
  readonly written: unknown
  /** The folder of the scenario, which holds the files of checks, payloads and forms. */
  readonly baseDir: string
  readonly texts: Texts
}

/**
 * Compiles the templates, conditions, JSONPaths and regular expressions of one scenario. An error in one of them is not thrown: it is added to
 * `findings`, and a harmless replacement is returned.
 */
export class Texts {
  readonly findings: Finding[] = []
  readonly uses: Use[] = []
  private readonly touches: Touch[] = []
  private readonly written: unknown

  /** Starts compiling. `written` is the scenario as written in the file; paths of texts refer to it. */
  constructor(written: unknown) {
    this.written = written
  }

  /** Compiles every text at or below `path` as a template, only to find errors and the variables that are read. */
  look(path: Path): void {
    for (const { text, path: at } of textsIn(valueAt(this.written, path), path)) this.parsed(text, at, true)
  }

  /** Compiles the templates in the texts of `value`, which is at `path` of the file. */
  tree(value: unknown, path: Path): Tree {
    this.look(path)
    return this.quietly(() => compileTree(value)) ?? compileTree(undefined)
  }

  /** Compiles the member `key` of a value to JSON text (see `compileJsonMember`); undefined when that is not quicker, or when it has an error. */
  jsonMember(value: unknown, key: string): Tree | undefined {
    return this.quietly(() => compileJsonMember(value, key))
  }

  /** Compiles the templates in payload fields that the file `name` holds; `path` is where the scenario names that file. */
  fieldsIn(name: string, fields: unknown, path: Path): void {
    for (const { text, path: inside } of textsIn(fields, [])) this.parsed(text, path, true, { name, inside })
  }

  /** Returns the result of `compile`; undefined when a template in it has an error. Such an error is in the findings already. */
  quietly<T>(compile: () => T): T | undefined {
    try {
      return compile()
    } catch (error) {
      if (error instanceof TemplateError) return undefined
      throw error
    }
  }

  /** Compiles a template of which the text is needed: a variable that is a map can have no place in it. */
  template(text: string, path: Path): Template {
    return this.parsed(text, path, false)
  }

  /** Compiles a template. `inValue` is true for a text in a JSON value, which may be a variable and nothing else: that keeps a map a map. */
  private parsed(text: string, path: Path, inValue: boolean, file?: FieldsFile): Template {
    const { template, errors } = inspectTemplate(text)
    this.findings.push(...errors.map((error) => inFile(unreadableTemplate(error, text, path), file)))
    for (const { name, rest } of template.touches) this.touches.push({ name, member: rest[0] })
    const servesAs = ({ role }: VariableUse) =>
      role === 'argument' ? 'operand' : role === undefined || (role === 'whole' && inValue) ? undefined : 'text'
    for (const { name, rest, line, column, servesAs: as } of firstUses(
      template.uses.map((use) => ({ ...use, servesAs: servesAs(use) })),
    ))
      this.uses.push({ path, name, rest, offset: offsetOf(text, line, column), inTemplate: true, servesAs: as, file })
    return template
  }

  /** Compiles a condition: CEL, or a short form of older files such as `contains:yes`. */
  condition(source: string, path: Path): Expression {
    const legacy = translateLegacyCondition(source)
    try {
      const expression = compileExpression(legacy ?? source)
      const { uses, type } = expression
      if (type !== 'bool' && type !== 'dyn') this.report(E_EXPRESSION.notBoolean(type), path)
      for (const { name, rest } of uses) this.touches.push({ name, member: rest[0] })
      const served = uses.map(({ isOperand, ...use }) => ({ ...use, servesAs: isOperand ? ('operand' as const) : undefined }))
      for (const use of firstUses(served)) this.uses.push({ ...use, path, inTemplate: false })
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

  /** Compiles a regular expression; `shift` is the number of characters before it in its text. */
  regex(source: string, path: Path, flags = '', shift = 0): Regex {
    return this.placed(E_REGEX, path, shift, () => compileRegex(source, flags)) ?? compileRegex('')
  }

  /** True when a text may read `member` of the variable `name`, or, without `member`, anything of that variable. */
  reads(name: string, member?: string): boolean {
    return this.touches.some(
      (touch) =>
        touch.name === '' ||
        (touch.name === name && (member === undefined || touch.member === undefined || touch.member === member)),
    )
  }

  /** Adds a finding about the value at `path` of the scenario. */
  report(wording: Wording, path: Path, mark: Mark = 'value'): void {
    this.findings.push({ ...wording, path, mark })
  }

  /** Reports a condition that cannot be parsed. `asWritten` is false when the condition was translated, so that offsets in it do not fit the file. */
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

/**
 * Returns an error about a text of a scenario. When the text comes from a payload file (`file`), the error is moved: it marks the line of the
 * scenario that names the file, and its message states the file and the place in it. Otherwise it is returned unchanged.
 */
export function inFile<T extends Pick<Finding, 'mark' | 'message'>>(finding: T, file: FieldsFile | undefined): T {
  if (file === undefined) return finding
  return { ...finding, mark: 'value', message: `${file.name}: ${finding.message} (at ${pathText(file.inside)})` }
}

/** Returns the uses of variables, each only once for what it serves as. */
function firstUses<T extends Pick<Use, 'name' | 'rest' | 'servesAs'>>(uses: readonly T[]): T[] {
  const seen = new Map<string, T>()
  for (const use of uses.slice(0, MAX_USES)) {
    const key = [use.servesAs, use.name, ...use.rest].join('.')
    if (!seen.has(key)) seen.set(key, use)
  }
  return [...seen.values()]
}

/** Returns the offset in a text of a line and column, which count from 1. */
function offsetOf(text: string, line: number, column: number): number {
  let start = 0
  for (let at = 1; at < line; at += 1) start = text.indexOf('\n', start) + 1
  return start + column - 1
}

function unreadableTemplate(error: TemplateError, text: string, path: Path): Finding {
  const mark = { offset: offsetOf(text, error.line, error.column), length: 1 }
  return { ...E_TEMPLATE.unreadable(error.message), path, mark }
}
