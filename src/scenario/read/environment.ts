/**
 * Resolves `${env.NAME}` and `${env.NAME:-default}` in the values of a scenario, and `${file.NAME}` for a secret in a file. This happens after
 * parsing, so no value of the environment can change the structure of the file. The default is used when the variable is unset or empty; it may
 * contain further references. `$${` stands for a plain `${`. The result is a text; a value that consists of one reference becomes a number or boolean
 * where the scenario needs one (see explain/adapt.ts).
 */
import { E_ENCRYPTED } from '../problems/environment/E_ENCRYPTED.ts'
import { E_ENV_SYNTAX } from '../problems/environment/E_ENV_SYNTAX.ts'
import { E_ENV_UNSET } from '../problems/environment/E_ENV_UNSET.ts'
import { W_ENV_EMPTY } from '../problems/environment/W_ENV_EMPTY.ts'
import { W_ENV_UNSET } from '../problems/environment/W_ENV_UNSET.ts'
import type { SecretFiles } from './secret-files.ts'
import type { Wording } from './source/finding.ts'
import type { Replacement } from './source/source.ts'

/** Environment variables by name, such as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A reference that cannot be resolved, with its place in the text before references are replaced. */
interface ReferenceProblem extends Wording {
  readonly offset: number
  readonly length: number
}

/**
 * One reference in a scenario to an environment variable or to a secret in a file, with the value found. The name is that of the variable or, for a
 * secret in a file, a name such as `file.api_key`.
 */
export interface EnvironmentUse {
  readonly name: string
  readonly value: string
  /** True when the value is a secret although its name does not say so. */
  readonly isSecret?: boolean
}

/**
 * The sources from which the references `${env.NAME}` and `${file.NAME}` of a scenario get their values: the environment, and the folder of secrets.
 */
export interface ReferenceSources {
  readonly environment: Environment
  readonly secretFiles: SecretFiles
}

interface Resolved {
  readonly text: string
  readonly replacements: readonly Replacement[]
  readonly uses: readonly EnvironmentUse[]
  readonly problems: readonly ReferenceProblem[]
  /** True when a reference without a value was left out of the resolved text. */
  readonly incomplete: boolean
  /** True when the whole text consists of one reference. */
  readonly whole: boolean
}

interface VariableReference {
  readonly start: number
  /** Offset after the closing brace; the end of the text when the brace is missing. */
  readonly end: number
  readonly body: string
  readonly closed: boolean
}

/** Largest depth to which references may be nested in the defaults of others. */
const MAX_NESTING = 5
const BODY = /^(?:env\.(?<variable>[A-Za-z_]\w*)|file\.(?<file>[\w./-]+?))(?::-(?<fallback>[\s\S]*))?$/

/** Returns the reference that begins at `start`. It ends at the brace that closes it, counting braces inside it in pairs. */
function referenceAt(text: string, start: number): VariableReference {
  let open = 0
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '{') open += 1
    else if (text[at] === '}') {
      open -= 1
      if (open === 0) return { start, end: at + 1, body: text.slice(start + 2, at), closed: true }
    }
  }
  return { start, end: text.length, body: text.slice(start + 2), closed: false }
}

function wrongForm({ start, end, body, closed }: VariableReference): ReferenceProblem {
  if (!closed) return { ...E_ENV_SYNTAX.unclosed(), offset: start, length: 2 }
  return { ...E_ENV_SYNTAX.notReference(body), offset: start, length: end - start }
}

function unsetVariable(name: string, environment: Environment | undefined, { start, end }: VariableReference): ReferenceProblem {
  const wording = environment ? E_ENV_UNSET.unset(name, Object.keys(environment)) : W_ENV_UNSET.notLookedUp(name)
  return { ...wording, offset: start, length: end - start }
}

/** Resolves the environment references of one text, and collects uses and problems. */
class Resolver {
  readonly uses: EnvironmentUse[] = []
  readonly problems: ReferenceProblem[] = []
  incomplete = false
  private readonly sources: ReferenceSources | undefined

  constructor(sources: ReferenceSources | undefined) {
    this.sources = sources
  }

  /** Returns the text for a reference. Problems inside of its default are reported at `outer`, the outermost reference. */
  resolve(reference: VariableReference, outer: VariableReference, nesting: number): string {
    const { variable, file, fallback } = (reference.closed && BODY.exec(reference.body)?.groups) || {}
    if ((variable ?? file) === undefined || nesting > MAX_NESTING) {
      this.problems.push({
        ...wrongForm(reference),
        ...(nesting === 0 ? {} : { offset: outer.start, length: outer.end - outer.start }),
      })
      this.incomplete = true
      return ''
    }
    if (file !== undefined) return this.secret(file, fallback, outer, nesting)
    return this.variable(variable ?? '', fallback, outer, nesting)
  }

  private variable(name: string, fallback: string | undefined, outer: VariableReference, nesting: number): string {
    const { environment } = this.sources ?? {}
    const value = environment && Object.hasOwn(environment, name) ? environment[name] : undefined
    if (fallback !== undefined && (value === undefined || value === '')) return this.nested(fallback, outer, nesting + 1)
    if (value === undefined) return this.unset(name, outer)
    this.uses.push({ name, value })
    if (value === '') this.report(W_ENV_EMPTY.found(name), outer)
    else if (value.startsWith('encrypted:')) this.report(E_ENCRYPTED.found(), outer)
    return value
  }

  private secret(name: string, fallback: string | undefined, outer: VariableReference, nesting: number): string {
    const found = this.sources?.secretFiles.read(name)
    if (found !== undefined && 'value' in found) {
      this.uses.push({ name: `file.${name}`, value: found.value, isSecret: true })
      return found.value
    }
    if (fallback !== undefined && (found === undefined || found.isMissing)) return this.nested(fallback, outer, nesting + 1)
    this.report(found?.wording ?? W_ENV_UNSET.fileNotRead(name), outer)
    this.incomplete = true
    return ''
  }

  private report(wording: Wording, { start, end }: VariableReference): void {
    this.problems.push({ ...wording, offset: start, length: end - start })
  }

  private unset(name: string, outer: VariableReference): string {
    this.problems.push(unsetVariable(name, this.sources?.environment, outer))
    this.incomplete = true
    return ''
  }

  private nested(text: string, outer: VariableReference, nesting: number): string {
    return replaceAll(text, (reference) => this.resolve(reference, outer, nesting)).text
  }
}

/** Replaces references and `$${` in a text; also returns the place of each in the old and the new text. */
function replaceAll(
  text: string,
  resolve: (reference: VariableReference) => string,
): { text: string; replacements: Replacement[] } {
  const replacements: Replacement[] = []
  let result = ''
  let done = 0
  for (let at = text.indexOf('${'); at !== -1; at = text.indexOf('${', done)) {
    const escaped = at > done && text[at - 1] === '$'
    const { start, end } = escaped ? { start: at - 1, end: at + 2 } : referenceAt(text, at)
    result += text.slice(done, start)
    const value = escaped ? '${' : resolve(referenceAt(text, at))
    replacements.push({ at: result.length, length: value.length, sourceAt: start, sourceLength: end - start })
    result += value
    done = end
  }
  return { text: result + text.slice(done), replacements }
}

/** Largest number of references in one text, because finding each of them takes time that grows with the length of the text. */
const MAX_REFERENCES = 100

function tooMany(text: string): Resolved | undefined {
  if (text.split('${', MAX_REFERENCES + 2).length <= MAX_REFERENCES + 1) return undefined
  return {
    text,
    replacements: [],
    uses: [],
    problems: [{ ...E_ENV_SYNTAX.tooMany(MAX_REFERENCES), offset: 0, length: 1 }],
    incomplete: true,
    whole: false,
  }
}

/**
 * Replaces each `${env.NAME}` and `${file.NAME}` in a text by its value, or by the default written in the reference; a reference with neither is
 * reported and replaced by nothing. Without `sources`, nothing is looked up: the default is used, and a reference without one is reported as a
 * warning. A text with more than 100 references is returned unchanged, with an error.
 */
export function resolveReferences(text: string, sources: ReferenceSources | undefined): Resolved {
  const refused = tooMany(text)
  if (refused) return refused
  const resolver = new Resolver(sources)
  const { uses, problems } = resolver
  const replaced = replaceAll(text, (reference) => resolver.resolve(reference, reference, 0))
  const [only] = replaced.replacements
  const whole = only !== undefined && only.sourceAt === 0 && only.sourceLength === text.length
  return { ...replaced, uses, problems, whole, incomplete: resolver.incomplete }
}
