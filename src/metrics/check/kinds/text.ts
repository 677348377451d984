import { distance } from 'fastest-levenshtein'
import { compileRegex } from '../../../language/regex.ts'
import { isTooDeep } from '../../../text/json.ts'
import { jsonSpans } from '../../../text-metrics/prose.ts'
import { characterTrigrams, cosine, wordSimilarity } from '../../../text-metrics/similarity.ts'
import { wordsOf } from '../../../text-metrics/words.ts'
import { compileJsonSchema } from './json-schema.ts'
import { type CheckVerdict, clip, lazyVerdict, type Test } from './types.ts'

/** Number of characters of each text whose edit distance is computed: its cost grows with the product of both lengths. */
const MAX_COMPARED = 4096
/** Number of characters of each text that are compared by words or by groups of characters: the cost of these grows only with the length. */
const MAX_BEGINNING = 32 * 1024
/** Longest text, in characters, that is checked against a JSON Schema. */
const MAX_CHECKED = 256 * 1024
const TOO_DEEP = 'the reply is nested too deeply to be judged by a schema'

/** Returns a check of a reply's text that passes when the function `holds` returns true for the text. */
export function textTest(holds: (text: string) => boolean): Test {
  return ({ text }) => lazyVerdict(holds(text), text, quoted)
}

/** Returns a function that is true for texts that contain `expected`. With `fold`, case is ignored. */
export function containsTest(expected: string, fold = false): (text: string) => boolean {
  const needle = fold ? expected.toLowerCase() : expected
  return (text) => (fold ? text.toLowerCase() : text).includes(needle)
}

/** Returns the opposite of a check. A reply that the check cannot evaluate, such as one that is too long, fails the opposite as well. */
export function not(test: Test): Test {
  return (reply) => {
    const verdict = test(reply)
    return verdict.undecided ? verdict : lazyVerdict(!verdict.passed, verdict, observedIn)
  }
}

const observedIn = ({ observed }: CheckVerdict) => observed

/** Returns a function that is true for texts in which the pattern matches somewhere. @throws RegexError when the pattern is not valid RE2 */
export function regexTest(pattern: string): (text: string) => boolean {
  const regex = compileRegex(pattern)
  return (text) => regex.test(text)
}

/**
 * Compiles a JSON Schema to a test that the reply's text is JSON that fits it. A text of more than 256 Ki characters fails without being parsed.
 * @throws JsonSchemaError when the schema cannot be used
 */
export function schemaTest(schema: unknown): Test {
  const validate = compileJsonSchema(schema)
  return ({ text }) => {
    if (text.length > MAX_CHECKED) return undecided('the reply is too large to be judged by a schema')
    if (isTooDeep(text)) return undecided(TOO_DEEP)
    if (!isJson(text)) return { passed: false, observed: `not JSON: ${quoted(text)}` }
    try {
      const problem = validate(JSON.parse(text))
      return { passed: problem === undefined, observed: problem ?? quoted(text) }
    } catch (error) {
      if (error instanceof RangeError) return undecided(TOO_DEEP)
      throw error
    }
  }
}

const undecided = (observed: string): CheckVerdict => ({ passed: false, observed, undecided: true })

/** True when the whole text of a reply is JSON, for the check `is-json`. */
export function isJson(text: string): boolean {
  try {
    // The value is not used, so that it may be nested as deeply as it likes.
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/**
 * True when the text of a reply contains a JSON object or list, for example between words or in a code block; for the check `contains-json`. Of a
 * very long text, only the beginning is searched.
 */
export function containsJson(text: string): boolean {
  return jsonSpans(text).next().done === false
}

/**
 * Returns the similarity of a reply and an expected text, from 0 to 1: 1 − edit distance ÷ length of the longer text. Ignores case, white space at
 * both ends, and everything after 4,096 characters.
 */
export function similarity(a: string, b: string): number {
  const [left, right] = [folded(a), folded(b)]
  const longer = Math.max(left.length, right.length)
  return longer === 0 ? 1 : 1 - distance(left, right) / longer
}

function folded(text: string): string {
  return text.trim().toLowerCase().slice(0, MAX_COMPARED)
}

/** Returns the beginning of a text, whose words or groups of characters are compared. */
const beginning = (text: string) => text.slice(0, MAX_BEGINNING)

/**
 * The methods by which the check `similar` can compute the similarity of two texts, by name: they compare the letters in order, the words in order,
 * or how often each group of three characters occurs.
 */
export const SIMILARITIES = {
  letters: similarity,
  words: (a, b) => wordSimilarity(wordsOf(beginning(a)), wordsOf(beginning(b))) ?? 1,
  trigrams: (a, b) => cosine(characterTrigrams(beginning(a)), characterTrigrams(beginning(b))) ?? 0,
} as const satisfies Record<string, (a: string, b: string) => number>

/** Returns a test that a reply's text is similar enough to `expected`: the similarity of both must be at least `threshold` (0 to 1). */
export function similarTest(expected: string, threshold: number, by: keyof typeof SIMILARITIES = 'letters'): Test {
  return ({ text }) => {
    const alike = SIMILARITIES[by](text, expected)
    return { passed: alike >= threshold, observed: `similarity ${alike.toFixed(2)}: ${quoted(text)}` }
  }
}

/**
 * Returns a test that at most `max` edits turn a reply's text into `expected` (Levenshtein distance). Only the first 4,096 characters are compared;
 * if a text is longer, the texts must not differ by more than `max` in length either.
 */
export function levenshteinTest(expected: string, max: number): Test {
  return ({ text }) => {
    const longer = Math.max(0, text.length - MAX_COMPARED, expected.length - MAX_COMPARED)
    const apart = Math.max(
      distance(text.slice(0, MAX_COMPARED), expected.slice(0, MAX_COMPARED)),
      longer === 0 ? 0 : Math.abs(text.length - expected.length),
    )
    return { passed: apart <= max, observed: `distance ${apart}: ${quoted(text)}` }
  }
}

/** Returns a test that a reply's text has from `min` to `max` words. Words are separated by white space. */
export function wordCountTest(min: number, max: number): Test {
  return ({ text }) => {
    const words = text.trim() === '' ? 0 : text.trim().split(/\s+/u).length
    return { passed: words >= min && words <= max, observed: `${words} word${words === 1 ? '' : 's'}` }
  }
}

/** Returns the beginning of a reply in quotes, for the message of a failed check. */
export function quoted(text: string): string {
  return text === '' ? 'an empty reply' : `"${clip(text)}"`
}
