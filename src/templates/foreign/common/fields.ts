import { nearest } from '../../../language/suggest.ts'
import { isMap } from '../../../text/json.ts'
import type { Data } from '../../template.ts'
import { type Note, type Notes, pathOfName } from './notes.ts'

/**
 * Reads, key by key, a map in another tool's file that is being converted to a scenario. At the end, `finish` tells the user which keys were not
 * read.
 */
export class ForeignFields {
  readonly path: string
  readonly notes: Notes
  private readonly data: Data
  private readonly seen = new Set<string>()

  constructor(data: unknown, notes: Notes, path = '') {
    this.data = isMap(data) ? data : {}
    this.notes = notes
    this.path = path
  }

  /** Returns the value of the first of the named keys that exists and is not null; undefined when there is none. */
  take(...names: readonly string[]): unknown {
    for (const name of names) this.seen.add(name)
    const found = names.find((name) => Object.hasOwn(this.data, name) && this.data[name] !== null)
    return found === undefined ? undefined : this.data[found]
  }

  text(...names: readonly string[]): string | undefined {
    const value = this.take(...names)
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    return typeof value === 'string' ? value : undefined
  }

  /** Returns the value of the first of the named keys as a finite number, also when it is written as text; undefined when there is none. */
  number(...names: readonly string[]): number | undefined {
    const value = this.take(...names)
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof number === 'number' && Number.isFinite(number)) return number
    if (value !== undefined) this.problem(names.find((name) => this.data[name] === value) ?? '', 'is not a number')
    return undefined
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.take(name)
    return typeof value === 'boolean' ? value : fallback
  }

  list(...names: readonly string[]): readonly unknown[] {
    const value = this.take(...names)
    return Array.isArray(value) ? value : []
  }

  /** Returns the map under the first of the named keys, to be read key by key; an empty map when there is none. */
  map(...names: readonly string[]): ForeignFields {
    const value = this.take(...names)
    return new ForeignFields(value, this.notes, this.at(names.find((name) => this.data[name] === value) ?? names[0] ?? ''))
  }

  has(name: string): boolean {
    this.seen.add(name)
    return Object.hasOwn(this.data, name) && this.data[name] !== null
  }

  keys(): string[] {
    return Object.keys(this.data)
  }

  /** Returns the full name of a key in another tool's file: the keys that lead to the map, then its own, such as `target.auth.type`. */
  at(name: string): string {
    return [this.path, name].filter((part) => part !== '').join('.')
  }

  /** Adds a note that says how the key `name` was understood; `what` is the text after the name. */
  note(name: string, what: string): void {
    this.add('note', name, what)
  }

  /** Adds a warning that the scenario does not do what the key `name` asks for; `what` is the text after the name. */
  warn(name: string, what: string, hint?: string): void {
    this.add('warning', name, what, hint)
  }

  /** Adds an error that the key `name` has an invalid value; `what` is the text after the name. */
  problem(name: string, what: string, hint?: string): void {
    this.add('error', name, what, hint)
  }

  /** Adds a warning for every key that was never read, or an error for one that looks like a misspelt known key. */
  finish(): void {
    const known = [...this.seen]
    for (const name of Object.keys(this.data).filter((key) => !this.seen.has(key))) {
      const meant = nearest(name, known)
      if (meant === undefined) this.warn(name, 'has no equivalent in burn, and was left out')
      else this.problem(name, 'is not a known key', `did you mean ${meant}?`)
    }
  }

  private add(severity: Note['severity'], name: string, what: string, hint?: string): void {
    const full = this.at(name)
    this.notes.add({ severity, text: `${full} ${what}`, path: pathOfName(full), hint })
  }
}
