import { describe, expect, test } from 'vitest'
import type { JudgeAnswers, JudgeQuestion } from '../../../src/metrics/judge/asked.ts'
import { scoreQuestions, summaryOf } from '../../../src/metrics/judge/scores.ts'

const RUBRIC = { text: 'r', min: 1, max: 5, pass: 4 }
const sampleOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ step: i % 2 ? 'b' : 'a', prompt: `p${i}`, text: `t${i}`, earlier: [] }))

const answered = (score: number | string): JudgeQuestion => ({
  state: 'answered',
  text: typeof score === 'string' ? score : JSON.stringify({ score, reason: `why ${score}` }),
})

/** The summary of `answers`, in the order of the questions. */
function summary(count: number, askTwice: number, answers: readonly JudgeQuestion[]) {
  const sample = sampleOf(count)
  const questions = scoreQuestions(sample, askTwice, RUBRIC, 'seed')
  expect(questions).toHaveLength(answers.length)
  const asked: JudgeAnswers = { questions: answers, model: 'm', stopped: null, why: null, cost: 1, currency: null, unpriced: 0 }
  return summaryOf({ sample, questions, replies: 99, rubric: RUBRIC }, asked)
}

describe('the summary of scores', () => {
  test('has their mean with bounds, and the share of those that are good enough', () => {
    expect(summary(4, 0, [5, 4, 3, 2].map(answered))).toMatchObject({
      replies: 99,
      sampled: 4,
      asked: 4,
      scored: 4,
      unreadable: 0,
      failed: 0,
      // 3.5 ± t(0.975, 3) · 1.2910 / 2
      score: { mean: 3.5, low: expect.closeTo(1.44574, 4), high: expect.closeTo(5.55426, 4), min: 2, max: 5 },
      passed: { part: 2, whole: 4, low: expect.closeTo(0.15004, 4), high: expect.closeTo(0.84996, 4) },
      steps: [
        { step: 'a', scored: 2, mean: 4, passed: 1 },
        { step: 'b', scored: 2, mean: 3, passed: 1 },
      ],
      again: null,
    })
  })

  test('shows the worst replies with the reasons', () => {
    expect(summary(4, 0, [5, 4, 3, 2].map(answered)).lowest).toEqual([
      { step: 'b', message: 'p3', reply: 't3', score: 2, reason: 'why 2' },
      { step: 'a', message: 'p2', reply: 't2', score: 3, reason: 'why 3' },
    ])
  })

  test('leaves out what has no verdict, and counts it', () => {
    const failed: JudgeQuestion = { state: 'failed', class: 'http_500' }
    const result = summary(5, 0, [answered(4), answered('four'), failed, { state: 'unasked' }, answered(2)])
    expect(result).toMatchObject({ asked: 4, scored: 2, unreadable: 1, failed: 1, failures: { http_500: 1 } })
    expect(result.score).toMatchObject({ mean: 3 })
  })

  test('scores that are all the same have no bounds: their spread is not known', () => {
    expect(summary(3, 0, [4, 4, 4].map(answered)).score).toEqual({ mean: 4, low: null, high: null, min: 4, max: 4 })
  })

  test('is empty without a score', () => {
    expect(summary(2, 0, [{ state: 'unasked' }, answered('?')])).toMatchObject({
      score: null,
      passed: null,
      steps: [],
      lowest: [],
    })
  })
})

describe('replies that are scored twice', () => {
  test('come first, so that a bound on cost does not leave them out, and count once', () => {
    const twice = [5, 2, 3]
    const result = summary(4, 3, [...twice, 4, 2, 5, 1].map(answered))
    expect(result.scored).toBe(4)
    expect(result.score?.mean).toBe((5 + 2 + 3 + 1) / 4)
    // good/good, bad/bad, bad/good: seen 2/3; by chance 1/3 · 2/3 + 2/3 · 1/3
    expect(result.again).toEqual({ replies: 3, same: 2, kappa: expect.closeTo((2 / 3 - 4 / 9) / (5 / 9), 12), difference: 1 })
  })

  test('need both answers', () => {
    expect(summary(2, 1, [answered('?'), answered(5), answered(1)])).toMatchObject({ scored: 2, again: null })
  })
})
