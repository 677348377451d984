import { createRequire } from 'node:module'
import type { RE2JS } from 're2js'
import { ColumnError } from './column-error.ts'

/** Longest pattern, in characters. */
const MAX_PATTERN = 1000
/** The largest number of characters of a text that a regular expression searches. Characters after them are ignored. */
export const MAX_SUBJECT = 256 * 1024
/** Largest compiled pattern, in instructions, which determine the time of a search. `(a{100}){10}` has about 1,000. */
const MAX_PROGRAM = 1000
const CACHE_SIZE = 256

/** Thrown when a regular expression is invalid. `column` counts from 1 within the pattern. */
export class RegexError extends ColumnError {
  override name = 'RegexError'
}

/** A compiled regular expression that runs in linear time (RE2). Only the first 256 Ki characters of a text are searched. */
export interface Regex {
  readonly source: string
  /** True when the pattern occurs anywhere in the text. */
  test(text: string): boolean
  /** Returns group 1 of the first match, or the whole match when the pattern has no group; undefined without a match. */
  firstGroup(text: string): string | undefined
}

const require = createRequire(import.meta.url)
/** Loads the regular expression library, which only scenarios with patterns need. */
const library = (): typeof import('re2js') => require('re2js')
const FLAGS = { i: 'CASE_INSENSITIVE', m: 'MULTILINE', s: 'DOTALL' } as const

/**
 * Compiles a regular expression of RE2 syntax, which has no look-around or back-references. `flags` are any of the letters `i`, `m` and
 * `s`. @throws RegexError
 */
export function compileRegex(source: string, flags = ''): Regex {
  if (source.length > MAX_PATTERN) throw new RegexError(`the pattern is longer than ${MAX_PATTERN} characters`, MAX_PATTERN + 1)
  const engine = compile(source, flagBits(flags))
  return {
    source,
    test: (text) => engine.test(text.slice(0, MAX_SUBJECT)),
    firstGroup: (text) => firstGroup(engine, text.slice(0, MAX_SUBJECT)),
  }
}

const cache = new Map<string, Regex>()

/**
 * Compiles a regular expression that is known only during the run, for example because a template produces it. Up to 256 are cached.
 * @throws RegexError
 */
export function cachedRegex(source: string): Regex {
  const known = cache.get(source)
  if (known) return known
  const regex = compileRegex(source)
  if (cache.size >= CACHE_SIZE) cache.clear()
  cache.set(source, regex)
  return regex
}

function flagBits(flags: string): number {
  let bits = 0
  for (const flag of flags) {
    if (!Object.hasOwn(FLAGS, flag)) throw new RegexError(`unknown flag "${flag}": use letters of "ims"`)
    bits |= library().RE2JS[FLAGS[flag as keyof typeof FLAGS]]
  }
  return bits
}

function compile(source: string, flags: number): RE2JS {
  const engine = parse(source, flags)
  if (engine.programSize() > MAX_PROGRAM) throw new RegexError('the pattern is too large: its repetitions multiply')
  return engine
}

function parse(source: string, flags: number): RE2JS {
  const { RE2JS: engine, RE2JSSyntaxException } = library()
  try {
    return engine.compile(source, flags)
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException))
      throw new RegexError(`bad pattern: ${(error as Error).message}`, 1, { cause: error })
    // The engine reports nested repetitions that are too large at the outermost one, the last in the source; other faults at the
    // first.
    const input = error.input ?? ''
    const index = error.error.includes('repeat count') ? source.lastIndexOf(input) : source.indexOf(input)
    const column = Math.max(0, index) + 1
    throw new RegexError(`bad pattern: ${error.error}${error.input ? ` at "${error.input}"` : ''}`, column, { cause: error })
  }
}

function firstGroup(engine: RE2JS, text: string): string | undefined {
  // Most replies do not match, and `test`, which finds no groups, is a hundred times faster.
  if (!engine.test(text)) return undefined
  const match = engine.matcher(text)
  if (!match.find()) return undefined
  return match.group(engine.groupCount() > 0 ? 1 : 0) ?? undefined
}
