/** Lets the mock act as a judge, so that `judge:` can be tried without a model: its grades follow from the words of a reply. */
import { createRandom } from './random.ts'
import type { MockSettings } from './settings.ts'

/** A reply with at least this many words gets the full grade for length; ENOUGH_SHARE is the share of the message's words for the full other half. */
const ENOUGH_WORDS = 20
const ENOUGH_SHARE = 0.3
/** Two replies whose grades (0 to 1) differ by at most this count as equally good. */
const EQUAL = 0.02

/**
 * Returns the mock's answer, as JSON text, when a scenario uses it as the model that scores replies (`judge:`). `question` holds one reply to score
 * or two to compare; without either, the answer has no score. A reply is better the longer it is (up to 20 words) and the more words of the user's
 * message it repeats (up to 30 %). To imitate a biased judge, the first of two replies wins in any case in a fraction `firstBias` (0 to 1) of the
 * comparisons.
 */
export function gradeText(question: string, { seed, firstBias }: Pick<MockSettings, 'seed' | 'firstBias'>): string {
  const prompt = marked(question, 'message') ?? ''
  const [only, first, second] = ['reply', 'reply-a', 'reply-b'].map((mark) => marked(question, mark))
  if (first !== undefined && second !== undefined) {
    const biased = createRandom(seed, 'first', question)() < firstBias
    const [a, b] = [gradeOf(prompt, first), gradeOf(prompt, second)]
    const winner = biased || a - b > EQUAL ? 'A' : b - a > EQUAL ? 'B' : 'tie'
    return JSON.stringify({ reason: biased ? 'the first one' : `grades ${shown(a)} and ${shown(b)}`, winner })
  }
  if (only === undefined) return JSON.stringify({ reason: 'there is no reply between marks' })
  const [low = 1, high = 5] = (/a number from (\d+(?:\.\d+)?) to (\d+(?:\.\d+)?)/.exec(question) ?? []).slice(1).map(Number)
  const grade = gradeOf(prompt, only)
  const score = Number((low + grade * (high - low)).toFixed(high - low > 1 ? 0 : 2))
  return JSON.stringify({ reason: `grade ${shown(grade)}`, score })
}

const shown = (grade: number) => grade.toFixed(2)

/**
 * Returns a grade from 0 to 1: half of it for the words of the message (of three letters or more) that the reply repeats, half for the reply's
 * length.
 */
function gradeOf(prompt: string, text: string): number {
  const said = wordsOf(text)
  const asked = new Set(wordsOf(prompt).filter((word) => word.length > 2))
  const found = [...asked].filter((word) => said.includes(word)).length
  const taken = asked.size === 0 ? 1 : Math.min(1, found / asked.size / ENOUGH_SHARE)
  return (taken + Math.min(1, said.length / ENOUGH_WORDS)) / 2
}

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []

/** Returns the text between the two marks with this name; undefined unless both marks are there and have the same code. */
function marked(question: string, name: string): string | undefined {
  const code = new RegExp(`<${name}-([0-9a-f]+)>\\n`).exec(question)
  if (code === null) return undefined
  const from = code.index + code[0].length
  const to = question.indexOf(`\n</${name}-${code[1]}>`, from - 1)
  return to < 0 ? undefined : question.slice(from, to)
}
