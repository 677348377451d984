/** Escapes texts of other tools for a scenario, so that `${` and `{{` in them stay plain text. */
import { isMap } from '../../../text/json.ts'
import type { NoteSink } from './notes.ts'

/** Options for converting another tool's file: whether the scenario is written to a file or run at once, and a function that reads other files. */
export interface ForeignOptions {
  /** False when the scenario is run at once. By default it is for a file: secrets become references, and `${` is escaped. */
  readonly forFile?: boolean
  /** Returns the text of a file that a curl command names; undefined when unreadable. Without this function no file is read. */
  readonly readFile?: ((path: string) => string | undefined) | undefined
}

/** A part of a text in a scenario that is converted from another tool's file: plain text, or a template such as `{{name}}`. */
export type Piece = string | { readonly template: string }

/**
 * The largest number of `${` in one text that are escaped as `$${`, a limit of the scenario reader; in texts with more, a template separates the
 * characters.
 */
const MAX_ESCAPES = 50
/** A template comment, which renders as nothing but separates the characters around it. */
const NOTHING = '{{!}}'

/** Escapes `${` and `{{` in a text from another tool, so that a scenario takes it literally. */
export function literal(text: string): string {
  return withTemplates([text])
}

/**
 * Escapes `${` in a text that is imported from another tool, so that burn does not take it for a reference to an environment variable; `{{` stays as
 * it is. A scenario that is run at once and not written to a file (`forFile` is false) needs no escapes, so its text is returned unchanged.
 */
export function withoutReferences(text: string, { forFile }: ForeignOptions): string {
  return forFile === false ? text : text.replaceAll('${', () => '$${')
}

/**
 * Joins plain texts and templates to one text for a scenario. Braces, dollars and backslashes in the plain texts are escaped, so that the scenario
 * takes them literally.
 */
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

/** Escapes a plain text next to templates: backslashes before `{{` are doubled, and braces are kept apart from those of the templates. */
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

/** Returns a copy of a converted value in which each text is replaced by `change(text)`; the keys of maps stay. */
export function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change))
  if (!isMap(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]))
}

const REFERENCE = /^\$\$?\{(?:env[.:])?([A-Za-z_]\w*)\}$/

/** Replaces secrets in a converted scenario by references such as `${env.API_KEY}`, and notes which environment variables the user must set. */
export class Vault {
  private readonly options: ForeignOptions
  private readonly notes: NoteSink
  private readonly names = new Map<string, string>()

  constructor(options: ForeignOptions, notes: NoteSink) {
    this.options = options
    this.notes = notes
  }

  /** Returns `${env.NAME}` to write in place of the secret `value`; returns the value when the scenario is run at once. */
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

/**
 * Returns a valid name for a scenario, step or phase, formed from any text and at most 100 characters long; `fallback` when nothing usable is left.
 */
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

/**
 * Chooses names for steps and other parts of a scenario that is converted from another tool's file. The names are valid and unique: a number is added
 * to a name that is already used.
 */
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
