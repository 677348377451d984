/** Checks of an answer that need no reference text: whether it is stuck, a refusal, cut off, or in the wrong language. */
import { isBlockWord } from '../../../blocking.ts'
import { languageMatch } from '../../../text-metrics/language.ts'
import { refusalIn } from '../../../text-metrics/refusal.ts'
import { isLoop, isStuck, type Repetition, repetitionOf } from '../../../text-metrics/repetition.ts'
import { truncationOf } from '../../../text-metrics/truncation.ts'
import { SAME_ANSWER, turnSimilarity } from '../../../text-metrics/turns.ts'
import { wordsOf } from '../../../text-metrics/words.ts'
import { finishMeaning } from './finish.ts'
import { quoted } from './text.ts'
import { type CheckedReply, clip, type Test } from './types.ts'

/** Characters at the beginning of a reply of which language and words are looked at. */
const MAX_MEASURED = 16 * 1024

/**
 * Compiles the `loop` check to a test that the reply's text is a loop: the same sentence stands three times or more in a row, or at least 15 % of the
 * text is one passage that is repeated so often. `loop: false` tests the opposite.
 */
export function loopTest(expected: boolean): Test {
  return ({ text }) => {
    const repetition = repetitionOf(text)
    return { passed: isLoop(repetition) === expected, observed: `${describeLoop(repetition)}: ${quoted(text)}` }
  }
}

function describeLoop({ loop, sameSentence }: Repetition): string {
  if (sameSentence) return 'the same sentence three times in a row'
  return loop === null ? 'too few words for a loop' : `loop of ${percent(loop)}`
}

type RepetitionSpec = boolean | number | { readonly threshold: number }

/**
 * Compiles the `repetition` check. With true or false, it tests whether the text repeats itself so much that the model seems stuck; with a number,
 * it tests that the repetition score is at most that.
 */
export function repetitionTest(spec: RepetitionSpec): Test {
  const most = typeof spec === 'object' ? spec.threshold : spec
  return ({ text }) => {
    const repetition = repetitionOf(text)
    const { score, by } = repetition
    const passed = typeof most === 'number' ? (score ?? 0) <= most : isStuck(repetition) === most
    return {
      passed,
      observed: score === null ? 'too few words to repeat' : `repetition ${score.toFixed(2)} by ${by}: ${quoted(text)}`,
    }
  }
}

/** Compiles the `truncated` check of an `expect` block to a test that the reply was cut off; `truncated: false` tests that it was not. */
export function truncatedTest(expected: boolean): Test {
  return (reply) => {
    const how = cutOffBy(reply)
    return { passed: (how !== undefined) === expected, observed: how ?? `complete: ${quoted(reply.text)}` }
  }
}

/**
 * Returns in words how a reply was cut off; undefined when it was not. If the model gives a finish reason, a missing end mark alone does not count.
 */
function cutOffBy({ exchange: { finishReason }, text }: CheckedReply): string | undefined {
  if (finishReason !== undefined && finishMeaning(finishReason) === 'length') return `finish ${clip(finishReason)}`
  const how = truncationOf(text)
  return how === 'no end mark' && finishReason !== undefined ? undefined : how && `${how}: "${clip(text.slice(-60))}"`
}

/**
 * Compiles the `perplexity` check to a test that the perplexity of the reply is at most a given number. Without log-probabilities in the reply, the
 * check fails, and its opposite fails too.
 */
export function perplexityTest(spec: number | { readonly threshold: number }): Test {
  const most = typeof spec === 'object' ? spec.threshold : spec
  return ({ exchange: { perplexity } }) => {
    if (perplexity === undefined)
      return {
        passed: false,
        observed: 'no log-probabilities: ask for them with target.body: { logprobs: true }',
        undecided: true,
      }
    return { passed: perplexity <= most, observed: `perplexity ${perplexity.toFixed(2)}` }
  }
}

/** Compiles the `perplexity-score` check to a test that 1 ÷ (1 + perplexity) of the reply is at least a given number. */
export function perplexityScoreTest(spec: number | { readonly threshold: number }): Test {
  const least = typeof spec === 'object' ? spec.threshold : spec
  return perplexityTest(1 / least - 1)
}

/**
 * Compiles the `duplicate-turn` check to a test that the reply is nearly the same as an earlier reply of the conversation, which was given to a
 * different message. With `false`, it tests the opposite.
 */
export function duplicateTurnTest(expected: boolean): Test {
  return (reply) => {
    const similarity = turnSimilarity(reply.prompt, wordsOf(reply.text.slice(0, MAX_MEASURED)), reply.earlier())
    const observed =
      similarity === null ? 'no earlier answer to compare with' : `${percent(similarity)} as before: ${quoted(reply.text)}`
    return { passed: (similarity !== null && similarity >= SAME_ANSWER) === expected, observed }
  }
}

interface RefusalSpec {
  readonly phrases?: readonly string[] | undefined
}

/**
 * Compiles the `is-refusal` check to a test that the reply refuses to answer; `is-refusal: false` tests that it does not. An empty reply without tool
 * calls counts as a refusal.
 */
export function refusalTest(spec: boolean | RefusalSpec): Test {
  const expected = spec !== false
  const phrases = typeof spec === 'object' ? (spec.phrases ?? []) : []
  return (reply) => {
    const how = refusedBy(reply, phrases)
    return { passed: (how !== undefined) === expected, observed: how ?? `no refusal: ${quoted(reply.text)}` }
  }
}

function refusedBy({ exchange, text }: CheckedReply, phrases: readonly string[]): string | undefined {
  const { refused, finishReason = '', toolArguments } = exchange
  if (refused) return 'the reply is marked as a refusal'
  if (isBlockWord(finishReason)) return `finish ${clip(finishReason)}`
  if (text.trim() === '' && toolArguments === '') return 'an empty reply'
  const phrase = refusalIn(text, phrases)
  return phrase === undefined ? undefined : `refusal "${clip(phrase)}": ${quoted(text)}`
}

/**
 * Compiles the `language` check to a test that the reply's text is in one of the given languages, which are codes such as `en`. A text that is too
 * short to tell passes when one of them is possible; a text without words fails the check and its opposite.
 */
export function languageTest(spec: string | readonly string[]): Test {
  const codes = [spec].flat()
  return ({ text }) => {
    const found = codes.flatMap((code) => languageMatch(text.slice(0, MAX_MEASURED), code) ?? [])
    const [first] = found
    if (first === undefined) return { passed: false, observed: `no words: ${quoted(text)}`, undecided: true }
    const match = found.find(({ matches }) => matches)
    return { passed: match !== undefined, observed: `${(match ?? first).found}: ${quoted(text)}` }
  }
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`
