/** Something wrong with the values of a scenario, before it has a place in the file. */
import type { Code } from './codes.ts'
import type { Path } from './source.ts'

/** The part of the file that a finding marks: the key, its value, the map that lacks a key, or a range of characters of a text. */
export type Mark = 'key' | 'value' | 'parent' | { readonly offset: number; readonly length: number }

export interface Finding {
  readonly code: Code
  readonly path: Path
  readonly mark: Mark
  readonly message: string
  readonly hint?: string | undefined
}

/** Makes a finding: a problem with the value at `path` of a scenario, of which `mark` says what part to show. */
export function findingAt(code: Code, path: Path, mark: Mark, message: string, hint?: string | undefined): Finding {
  return { code, path, mark, message, hint }
}

/** Formats a value for a message: a text in quotes, cut at 60 characters; "a map" or "a list" for those. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (value === null || value === undefined) return 'nothing'
  return typeof value === 'object' ? 'a map' : String(value)
}
