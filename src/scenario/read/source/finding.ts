/** What is wrong with a scenario, in words: the kinds of problems with their codes, and one problem before it has a line and column. */
import type { Path, Span } from './source.ts'

/** The code of a kind of problem, such as `E_SYNTAX`: `E_…` is an error, `W_…` a warning, `I_…` a note. */
export type Code = `${'E' | 'W' | 'I'}_${string}`

/** The code, message and hint of a problem, without a place in a file. */
export interface Wording {
  readonly code: Code
  readonly message: string
  readonly hint?: string | undefined
}

/** A problem found while a file is parsed, such as a syntax error. It has offsets in the text, but no path of a value yet. */
export interface SourceProblem extends Wording {
  readonly span: Span
}

/** The part of the file that a finding marks: the key, its value, the map that lacks a key, or a range of characters of a text. */
export type Mark = 'key' | 'value' | 'parent' | { readonly offset: number; readonly length: number }

/** Something wrong with the value at `path` of a scenario. */
export interface Finding extends Wording {
  readonly path: Path
  readonly mark: Mark
}

type Messages = Readonly<Record<string, (...facts: never[]) => readonly [message: string, hint?: string | undefined]>>

/** A kind of problem: its code, and a function for each of its messages that makes the wording from the facts. */
type ProblemKind<M extends Messages> = { readonly code: Code } & {
  readonly [Name in keyof M]: (...facts: Parameters<M[Name]>) => Wording
}

/** Defines a kind of problem: its code and a function for each message, which returns message and hint for given details. */
export function problemKind<M extends Messages>(code: Code, messages: M): ProblemKind<M> {
  const entries = Object.entries(messages).map(([name, words]) => {
    const made = (...facts: never[]): Wording => {
      const [message, hint] = words(...facts)
      return hint === undefined ? { code, message } : { code, message, hint }
    }
    return [name, made] as const
  })
  return { code, ...Object.fromEntries(entries) } as ProblemKind<M> // the entries are those of `messages`
}

/** Formats a value for a message: a text in quotes and cut at 60 characters, a map as "a map", a list as "a list". */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (value === null || value === undefined) return 'nothing'
  return typeof value === 'object' ? 'a map' : String(value)
}
