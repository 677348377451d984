/** Types for problems of a scenario: the kinds of problems with their codes, and a problem that has no line and column yet. */
import type { Path, Span } from './source.ts'

/** The code of a problem in a scenario: `E_…` is an error (such as `E_SYNTAX`), `W_…` a warning, `I_…` a note. */
export type Code = `${'E' | 'W' | 'I'}_${string}`

/** The code, message and hint of a problem in a scenario, without file and line. */
export interface Wording {
  readonly code: Code
  readonly message: string
  readonly hint?: string | undefined
}

/**
 * A problem that is found while the text of a file is parsed, such as a syntax error. It has offsets in the text but no path, because there is no
 * parsed data yet.
 */
export interface SourceProblem extends Wording {
  readonly span: Span
}

/** The part of a file that is marked in a problem's message: a key, its value, the map that lacks a key, or some characters of a text value. */
export type Mark = 'key' | 'value' | 'parent' | { readonly offset: number; readonly length: number }

/** An error, warning or note about the value at `path` of a scenario, before its line and column are known. */
export interface Finding extends Wording {
  readonly path: Path
  readonly mark: Mark
  /** Paths of other values that the finding depends on: it is left out when one of these is not known or has an error. */
  readonly basis?: readonly Path[]
}

type MessageMakers = Readonly<Record<string, (...facts: never[]) => readonly [message: string, hint?: string | undefined]>>

/** A kind of problem: its code, and for each of its messages a function that makes the text from details. */
type ProblemKind<M extends MessageMakers> = { readonly code: Code } & {
  readonly [Name in keyof M]: (...facts: Parameters<M[Name]>) => Wording
}

/**
 * Defines a problem that scenarios can have, by its code and by functions that return its messages. Each function takes details and returns a
 * message and a hint.
 */
export function problemKind<M extends MessageMakers>(code: Code, messages: M): ProblemKind<M> {
  const entries = Object.entries(messages).map(([name, words]) => {
    const made = (...facts: never[]): Wording => {
      const [message, hint] = words(...facts)
      return hint === undefined ? { code, message } : { code, message, hint }
    }
    return [name, made] as const
  })
  return { code, ...Object.fromEntries(entries) } as ProblemKind<M> // the entries are those of `messages`
}

/**
 * Formats a value for a message: a text in quotes and cut at 60 characters, a map as "a map", a list as "a list" or "an empty list", null and
 * undefined as "nothing".
 */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (value === null || value === undefined) return 'nothing'
  return typeof value === 'object' ? 'a map' : String(value)
}
