/** Text of other tools, made safe for a scenario: what means something here must not mean it by accident. */
import { isMap } from './fields.ts'

/** How a conversion is going to be used. */
export interface ForeignOptions {
  /**
   * true (default): the scenario becomes a file, so secrets become references to the environment and `${` is escaped.
   * false: it is run as it is, after the environment was resolved.
   */
  readonly forFile?: boolean
}

/** `${` and, when asked for, `{{` as plain text. */
export function literal(text: string, { templates }: { templates: boolean }): string {
  const escaped = text.replaceAll('${', () => '$${')
  return templates ? escaped.replaceAll('{{', () => '\\{{') : escaped
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
  private readonly notes: string[]
  private readonly names = new Map<string, string>()

  constructor(options: ForeignOptions, notes: string[]) {
    this.options = options
    this.notes = notes
  }

  /** A reference in place of a secret: to `name`, or to the variable that the value already names. The same secret gets the same name. */
  keep(value: string, name: string, where: string): string {
    if (this.options.forFile === false) return value
    const own = REFERENCE.exec(value)?.[1]
    if (own !== undefined) return `\${env.${own}}`
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
export class Names {
  private readonly used = new Set<string>()

  take(text: string, fallback: string): string {
    const base = nameFrom(text, fallback).slice(0, 94).trim()
    let name = base
    for (let count = 2; this.used.has(name); count += 1) name = `${base} ${count}`
    this.used.add(name)
    return name
  }
}
