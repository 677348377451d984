/** Text of other tools, made safe for a scenario: what means something here must not mean it by accident. */
import { isMap } from '../../../text/json.ts'
import type { NoteSink } from './notes.ts'

/** How a conversion is going to be used. */
export interface ForeignOptions {
  /**
   * true (default): the scenario becomes a file, so secrets become references to the environment and `${` is escaped.
   * false: it is run as it is, after the environment was resolved.
   */
  readonly forFile?: boolean
  /** The text of a file that a command names; undefined when it cannot be read. Left out: no file is read. */
  readonly readFile?: ((path: string) => string | undefined) | undefined
}

/** A piece of a text: plain, or a template such as `{{name}}`. */
export type Piece = string | { readonly template: string }

/** Most `${` of one text that are escaped with a third `$`; the reader of scenarios admits no more of them. */
const MAX_ESCAPES = 50
/** A comment: it renders as nothing, and keeps its neighbours apart. */
const NOTHING = '{{!}}'

/** `${` and `{{` as plain text. */
export function literal(text: string): string {
  return withTemplates([text])
}

/** `${` as plain text in a file; a scenario that runs at once has been through the reader of references. Templates stay. */
export function withoutReferences(text: string, { forFile }: ForeignOptions): string {
  return forFile === false ? text : text.replaceAll('${', () => '$${')
}

/** Plain texts and templates as one text, in which only the templates are some: braces, dollars and backslashes beside them stay what they are. */
export function withTemplates(pieces: readonly Piece[]): string {
  const text = joined(pieces)
  if (text.split('${').length <= MAX_ESCAPES) return text.replaceAll('${', () => '$${')
  return joined(pieces.flatMap((piece) => (typeof piece === 'string' ? withoutDollars(piece) : [piece])))
}

function withoutDollars(text: string): Piece[] {
  return text.split('$').flatMap((part, index): Piece[] => (index === 0 ? [part] : [{ template: '{{trim "$"}}' }, part]))
}

function joined(pieces: readonly Piece[]): string {
  const filled = pieces.filter((piece) => piece !== '')
  return filled.map((piece, index) => (typeof piece === 'string' ? plain(piece, filled, index) : piece.template)).join('')
}

/** Backslashes right before a `{{` count for it; a brace cannot stand right beside one. */
function plain(text: string, pieces: readonly Piece[], index: number): string {
  const before = typeof pieces[index + 1] === 'object'
  const apart = index > 0 && text.startsWith('}')
  const braces = before ? (/\{+$/.exec(text)?.[0].length ?? 0) : 0
  const escaped = text
    .slice(0, text.length - braces)
    .replace(/(\\*)\{\{/g, (_all, slashes: string) => (slashes === '' ? '\\{{' : `${slashes}\\${NOTHING}\\{{`))
  const end = before ? escaped.replace(/\\+$/, (slashes) => `${slashes}\\`) : escaped
  return (apart ? NOTHING : '') + end + '{{trim "{"}}'.repeat(braces)
}

/** Every text of a value through a function; keys stay. */
export function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change))
  if (!isMap(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]))
}

const REFERENCE = /^\$\$?\{(?:env[.:])?([A-Za-z_]\w*)\}$/

/** Puts secrets into the environment, and notes which variables have to be set. */
export class Vault {
  private readonly options: ForeignOptions
  private readonly notes: NoteSink
  private readonly names = new Map<string, string>()

  constructor(options: ForeignOptions, notes: NoteSink) {
    this.options = options
    this.notes = notes
  }

  /** A reference in place of a secret: to `name`, or to the variable that the value already names. The same secret gets the same name. */
  keep(value: string, name: string, where: string): string {
    const own = REFERENCE.exec(value)?.[1]
    if (own !== undefined) return `\${env.${own}}`
    if (this.options.forFile === false) return value
    const known = this.names.get(value)
    if (known !== undefined) return `\${env.${known}}`
    const fresh = this.unused(name)
    this.names.set(value, fresh)
    this.notes.push(`${where} is a secret and was not copied: set the environment variable ${fresh}`)
    return `\${env.${fresh}}`
  }

  private unused(name: string): string {
    const taken = new Set(this.names.values())
    let fresh = name
    for (let count = 2; taken.has(fresh); count += 1) fresh = `${name}_${count}`
    return fresh
  }
}

/** A name for scenarios, steps and phases, made from any text. */
export function nameFrom(text: string, fallback: string): string {
  const name = text
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}_ .-]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[ .-]+/, '')
    .trim()
    .slice(0, 100)
    .trim()
  return name === '' ? fallback : name
}

/** Names that are each used once: a number follows the ones that come again. */
export class LiteralNames {
  private readonly used = new Set<string>()

  take(text: string, fallback: string): string {
    const base = nameFrom(text, fallback).slice(0, 94).trim()
    let name = base
    for (let count = 2; this.used.has(name); count += 1) name = `${base} ${count}`
    this.used.add(name)
    return name
  }
}
