import { distance } from 'fastest-levenshtein'
import { compileRegex } from '../../../language/regex.ts'
import { jsonIn } from '../../../text/json.ts'
import { compileJsonSchema } from './json-schema.ts'
import { type CheckVerdict, clip, type Test } from './types.ts'

/** The cost of an edit distance grows with the product of the lengths, so only this much of either text is compared. */
const MAX_COMPARED = 4096
/** Bounds on the search for JSON inside text. */
const MAX_SEARCHED = 256 * 1024
const MAX_CANDIDATES = 100

/** Makes a test of a reply's text from the function `holds`, which returns true for a text that passes. */
export function textTest(holds: (text: string) => boolean): Test {
  return ({ text }) => ({ passed: holds(text), observed: quoted(text) })
}

/** Returns a function that is true for texts which contain `expected`. With `fold`, upper and lower case are the same. */
export function containsTest(expected: string, fold = false): (text: string) => boolean {
  const needle = fold ? expected.toLowerCase() : expected
  return (text) => (fold ? text.toLowerCase() : text).includes(needle)
}

/** Returns the opposite of a test. A reply that the test cannot evaluate, such as one that is too long, fails the opposite as well. */
export function not(test: Test): Test {
  return (reply) => {
    const verdict = test(reply)
    return verdict.undecided ? verdict : { passed: !verdict.passed, observed: verdict.observed }
  }
}

/** Returns a function that is true for texts in which the pattern matches somewhere. @throws RegexError when the pattern is not valid RE2 */
export function regexTest(pattern: string): (text: string) => boolean {
  const regex = compileRegex(pattern)
  return (text) => regex.test(text)
}

/** Compiles a JSON Schema to a test that the reply's text is JSON which fits it. A text of more than 256 Ki characters fails without being parsed. */
export function schemaTest(schema: unknown): Test {
  const validate = compileJsonSchema(schema)
  return ({ text }) => {
    if (text.length > MAX_SEARCHED) return undecided('the reply is too large to be judged by a schema')
    if (!isJson(text)) return { passed: false, observed: `not JSON: ${quoted(text)}` }
    try {
      const problem = validate(JSON.parse(text))
      return { passed: problem === undefined, observed: problem ?? quoted(text) }
    } catch (error) {
      if (error instanceof RangeError) return undecided('the reply is nested too deeply to be judged by a schema')
      throw error
    }
  }
}

const undecided = (observed: string): CheckVerdict => ({ passed: false, observed, undecided: true })

/** Whether a whole text is JSON. */
export function isJson(text: string): boolean {
  return jsonIn(text) !== undefined
}

/** Whether a text contains a JSON object or list, for example between words or in a code block. */
export function containsJson(text: string): boolean {
  const searched = text.slice(0, MAX_SEARCHED)
  let at = searched.search(/[[{]/)
  for (let tries = 0; at >= 0 && tries < MAX_CANDIDATES; tries += 1) {
    const end = balancedEnd(searched, at)
    if (end !== undefined && isJson(searched.slice(at, end))) return true
    const rest = searched.slice(at + 1).search(/[[{]/)
    at = rest < 0 ? -1 : at + 1 + rest
  }
  return false
}

/** One past the bracket that closes the one at `start`; brackets inside JSON strings do not count. */
function balancedEnd(text: string, start: number): number | undefined {
  let depth = 0
  let inString = false
  for (let at = start; at < text.length; at += 1) {
    const char = text[at]
    if (inString) {
      if (char === '\\') at += 1
      else if (char === '"') inString = false
    } else if (char === '"') inString = true
    else if (char === '{' || char === '[') depth += 1
    else if ((char === '}' || char === ']') && --depth === 0) return at + 1
  }
  return undefined
}

/**
 * Returns how similar two texts are, from 0 to 1: 1 − edit distance ÷ longer length. Ignores case and outer white space, and all after
 * 4,096 characters.
 */
export function similarity(a: string, b: string): number {
  const [left, right] = [folded(a), folded(b)]
  const longer = Math.max(left.length, right.length)
  return longer === 0 ? 1 : 1 - distance(left, right) / longer
}

function folded(text: string): string {
  return text.trim().toLowerCase().slice(0, MAX_COMPARED)
}

/** Returns a test that a reply's text is similar enough to `expected`: the `similarity` of both must be at least `threshold` (0 to 1). */
export function similarTest(expected: string, threshold: number): Test {
  return ({ text }) => {
    const alike = similarity(text, expected)
    return { passed: alike >= threshold, observed: `similarity ${alike.toFixed(2)}: ${quoted(text)}` }
  }
}

/** Returns a test that at most `max` edits turn a reply's text into `expected` (Levenshtein). Beyond 4,096 characters only lengths are compared. */
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

/** Returns a test that a reply's text has from `min` to `max` words; words are split at white space. */
export function wordCountTest(min: number, max: number): Test {
  return ({ text }) => {
    const words = text.trim() === '' ? 0 : text.trim().split(/\s+/u).length
    return { passed: words >= min && words <= max, observed: `${words} word${words === 1 ? '' : 's'}` }
  }
}

function quoted(text: string): string {
  return text === '' ? 'an empty reply' : `"${clip(text)}"`
}
