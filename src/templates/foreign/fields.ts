/** Reads a file of another tool key by key, and remembers which keys nobody asked for: nothing is dropped in silence. */
import type { Data } from '../template.ts'

/** Whether a value is a map. */
export function isMap(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export class Fields {
  readonly path: string
  readonly notes: string[]
  private readonly data: Data
  private readonly seen = new Set<string>()

  constructor(data: unknown, notes: string[], path = '') {
    this.data = isMap(data) ? data : {}
    this.notes = notes
    this.path = path
  }

  /** The first of these keys that is there and not null. */
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

  /** A finite number, also when it is written as text. */
  number(...names: readonly string[]): number | undefined {
    const value = this.take(...names)
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof number === 'number' && Number.isFinite(number)) return number
    if (value !== undefined) this.note(names[0] ?? '', 'is not a number, and was left out')
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

  /** The map under a key, to be read in the same way; an empty one when there is none. */
  map(...names: readonly string[]): Fields {
    const value = this.take(...names)
    return new Fields(value, this.notes, this.at(names.find((name) => this.data[name] === value) ?? names[0] ?? ''))
  }

  has(name: string): boolean {
    return Object.hasOwn(this.data, name) && this.data[name] !== null
  }

  keys(): string[] {
    return Object.keys(this.data)
  }

  /** A key's full name. */
  at(name: string): string {
    return [this.path, name].filter((part) => part !== '').join('.')
  }

  note(name: string, what: string): void {
    this.notes.push(`${this.at(name)} ${what}`)
  }

  /** Notes every key that nobody asked for. */
  finish(): void {
    for (const name of Object.keys(this.data)) {
      if (!this.seen.has(name)) this.note(name, 'has no equivalent here, and was left out')
    }
  }
}
