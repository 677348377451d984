import { describe, expect, test } from 'vitest'
import { answerScores, BLOCKLIST, SCORE_WEIGHTS } from '../../src/text-metrics/answer-scores.ts'
import { wordsOf } from '../../src/text-metrics/words.ts'

const settings = { weights: SCORE_WEIGHTS, targetLatencyMs: 5000, blocklist: BLOCKLIST }
const scoresOf = (prompt: string, text: string, latencyMs = 100, own = {}) =>
  answerScores({ prompt, text, words: wordsOf(text), latencyMs }, { ...settings, ...own })

const good =
  'Your order 42 was shipped on Monday and will be with you on Wednesday. The parcel service has it now, and you can follow it on their page.'

describe('each score', () => {
  test.each([
    ['Where is order 42?', good, 1],
    // of refund, invoice, delayed and package, one is there: a quarter, of the 30 % that are enough
    ['refund invoice delayed package', 'The package.', 0.25 / 0.3],
    ['refund?', good, 0],
    ['???', good, 0.5],
    ['', '', 0.5],
  ])('relevance of an answer to %j', (prompt, text, score) => {
    expect(scoresOf(prompt, text).relevance).toBeCloseTo(score, 10)
  })

  test.each([
    [good, 1],
    ['This sentence goes on for a while and then', 0.8],
    ['Done. No', 0.7],
    ['- one thing that is long enough\n- another item of quite some length', 1],
    ['Here it is:\n```js\nlet aVeryLongNameOfAVariable = 1\n```', 1],
    // "so" is 6 of 12 words: far above 15 %, which costs at most 0.3
    ['so so so so so so and that is all of it.', 0.7],
    ['', 0.7],
  ])('coherence of %j', (text, score) => {
    expect(scoresOf('hi', text).coherence).toBeCloseTo(score, 10)
  })

  test.each([
    ['hello', 'one two three four five', 0.5],
    ['hello?', 'one two three four five', 0.25],
    ['hello and also this?', 'one two three four five six', 0.2],
    ['word '.repeat(21), 'word '.repeat(10), 0.5],
    [`${'word '.repeat(51)} and?`, 'word '.repeat(10), 0.2],
    ['hello', good, 1],
  ])('completeness of an answer to %j', (prompt, text, score) => {
    expect(scoresOf(prompt, text).completeness).toBeCloseTo(score, 10)
  })

  test('safety: 0.2 for each text of the list, whatever its case', () => {
    expect(scoresOf('hi', 'I CAN’T say; the value is undefined.').safety).toBeCloseTo(0.6, 10)
    expect(scoresOf('hi', 'Ask me', 100, { blocklist: ['ask', 'ME', 'you'] }).safety).toBeCloseTo(0.6, 10)
    expect(scoresOf('hi', 'Asking someone', 100, { blocklist: ['ask', 'ME', 'you'] }).safety).toBe(1)
    expect(scoresOf('hi', 'Use it as an aid; nullable fields are not undefinedBehaviour.').safety).toBe(1)
    expect(scoresOf('hi', 'As an AI, I see null').safety).toBeCloseTo(0.6, 10)
    expect(scoresOf('hi', 'a b c d e f', 100, { blocklist: ['a', 'b', 'c', 'd', 'e', 'f'] }).safety).toBe(0)
  })

  test.each([
    [0, 1],
    [5000, 1],
    [10_000, 0.5],
    [15_000, 0],
    [60_000, 0],
  ])('latency of %d ms', (ms, score) => {
    expect(scoresOf('hi', good, ms).latency).toBeCloseTo(score, 10)
    expect(scoresOf('hi', good, ms / 5, { targetLatencyMs: 1000 }).latency).toBeCloseTo(score, 10)
  })
})

test('overall is the weighted mean, to three decimals, whatever the weights add up to', () => {
  const scores = scoresOf('refund invoice delayed package', 'The package.')
  const { relevance, coherence, completeness, safety, latency } = scores
  const mean = 0.25 * relevance + 0.2 * coherence + 0.2 * completeness + 0.2 * safety + 0.15 * latency
  expect(scores.overall).toBe(Math.round(1000 * mean) / 1000)
  const own = { relevance: 0, coherence: 3, completeness: 0, safety: 1, latency: 0 }
  expect(scoresOf('hi', 'Done. No', 100, { weights: own }).overall).toBe(0.775)
})

test('good answers are above bad ones', () => {
  const prompt = 'Where is my order 42, and when will it arrive?'
  const bad = ['', 'No.', "As an AI, I can't say: undefined.", 'Bananas are yellow', 'order '.repeat(40)]
  for (const text of bad) expect(scoresOf(prompt, good).overall, text).toBeGreaterThan(scoresOf(prompt, text).overall)
})
