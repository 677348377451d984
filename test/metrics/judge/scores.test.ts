import { describe, expect, test } from 'vitest'
import { judge } from '../../../src/merge/rules/judge-rules.ts'
import type { JudgeAnswers, JudgeQuestion } from '../../../src/metrics/judge/asked.ts'
import { type DrawnReplies, drawnAll } from '../../../src/metrics/judge/grouped-sample.ts'
import type { Rubric } from '../../../src/metrics/judge/rubric.ts'
import { scoreQuestions, summaryOf } from '../../../src/metrics/judge/scores.ts'
import { judgeText } from '../../../src/report/text/judge.ts'

const RUBRIC = { text: 'r', min: 1, max: 5, pass: 4 }
const sampleOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ step: i % 2 ? 'b' : 'a', prompt: `p${i}`, text: `t${i}`, earlier: [] }))

const answered = (score: number | string): JudgeQuestion => ({
  state: 'answered',
  text: typeof score === 'string' ? score : JSON.stringify({ score, reason: `why ${score}` }),
})

/** The summary of `answers`, in the order of the questions. */
function summary(
  count: number,
  askTwice: number,
  answers: readonly JudgeQuestion[],
  criteria: readonly Rubric[] = [RUBRIC],
  onScore?: Parameters<typeof summaryOf>[2],
  over: Partial<DrawnReplies> = {},
) {
  const at = (step: number) => Array.from({ length: count }, (_, i) => i).filter((i) => i % 2 === step)
  const groups = ['a', 'b'].map((name, step) => ({ by: 'step' as const, name, replies: 40, at: at(step) }))
  const replies = { ...drawnAll(sampleOf(count)), of: 99, groups, ...over }
  const questions = scoreQuestions(replies, askTwice, criteria, 'seed')
  expect(questions).toHaveLength(answers.length)
  const asked: JudgeAnswers = { questions: answers, model: 'm', stopped: null, why: null, cost: 1, currency: null, unpriced: 0 }
  return summaryOf({ replies, questions, criteria }, asked, onScore)
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
        { step: 'a', replies: 40, scored: 2, mean: 4, passed: 1 },
        { step: 'b', replies: 40, scored: 2, mean: 3, passed: 1 },
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
      steps: [
        { step: 'a', replies: 40, scored: 0, mean: null, passed: 0 },
        { step: 'b', replies: 40, scored: 0, mean: null, passed: 0 },
      ],
      lowest: [],
    })
  })
})

describe('further replies, of groups of which the sample has few', () => {
  // Two of the sample, and two more: one of step b, one that was cut off.
  const groups = [
    { by: 'flag', name: 'none', replies: 90, at: [0, 1, 2] },
    { by: 'flag', name: 'truncated', replies: 9, at: [1, 3] },
    { by: 'step', name: 'b', replies: 3, at: [1, 2] },
  ] as const
  const scores: number[] = []
  const found = summary(4, 1, [5, 5, 4, 2, 1].map(answered), [RUBRIC], ({ score }) => scores.push(score), { drawn: 2, groups })

  test('are in the figures of their group, and in none of all', () => {
    expect(found).toMatchObject({ sampled: 2, further: 2, scored: 2, score: { mean: 4.5 }, passed: { part: 2, whole: 2 } })
    expect(scores).toEqual([5, 4])
    expect(found.steps).toEqual([{ step: 'b', replies: 3, scored: 2, mean: 3, passed: 1 }])
    expect(found.flags).toEqual([
      { flag: 'none', replies: 90, scored: 3, mean: expect.closeTo(11 / 3, 12), passed: 2 },
      { flag: 'truncated', replies: 9, scored: 2, mean: 2.5, passed: 1 },
    ])
  })

  test('count once they have a score: Ctrl-C may come before', () => {
    const early = [answered(5), answered(5), { state: 'unasked' }, { state: 'unasked' }, { state: 'unasked' }] as const
    expect(summary(4, 1, [...early], [RUBRIC], undefined, { drawn: 2, groups }).further).toBeUndefined()
  })

  test('are shown when they are the worst', () => {
    expect(found.lowest.map(({ score }) => score)).toEqual([1, 2])
  })

  test('replies without a flag count in every part of a load, also in one in which nothing is flagged', () => {
    const none = { drawn: 2, groups: [{ by: 'flag', name: 'none', replies: 2, at: [0, 1] }] } as const
    const unflagged = summary(2, 0, [5, 4].map(answered), [RUBRIC], undefined, none)
    const text = (judge: typeof unflagged) => judgeText({ judge }, (safe) => safe)
    expect([text(unflagged), text(found)]).toEqual([
      expect.not.stringContaining('no flag'),
      expect.stringContaining('no flag 3.67'),
    ])
    expect(judge([found, unflagged])?.flags).toEqual([
      { flag: 'none', replies: 92, scored: 5, mean: expect.closeTo(4, 12), passed: 4 },
      { flag: 'truncated', replies: 9, scored: 2, mean: 2.5, passed: 1 },
    ])
    expect(summary(2, 0, [5, 4].map(answered)).flags).toBeUndefined()
  })
})

describe('a group without a score', () => {
  const groups = [
    { by: 'flag', name: 'truncated', replies: 7, at: [1] },
    { by: 'step', name: 'b', replies: 5, at: [1] },
  ] as const
  const half = (answers: readonly JudgeQuestion[]) => summary(2, 0, answers, [RUBRIC], undefined, { groups })
  const [scored, unscored] = [half([answered(5), answered(3)]), half([answered(5), answered('?')])]
  const b = { step: 'b', replies: 5, scored: 1, mean: 3, passed: 0 }
  const truncated = { flag: 'truncated', replies: 7, scored: 1, mean: 3, passed: 0 }
  const none = { scored: 0, mean: null, passed: 0 }

  test('is in the result with its replies, and without a mean', () => {
    expect(unscored).toMatchObject({ steps: [{ ...b, ...none }], flags: [{ ...truncated, ...none }] })
    expect(judgeText({ judge: unscored }, (safe) => safe)).toContain(' · truncated – · ')
  })

  test('counts with its replies in what several parts of a load make, in any order', () => {
    for (const parts of [[scored, unscored] as const, [unscored, scored] as const])
      expect(judge(parts)).toMatchObject({ steps: [{ ...b, replies: 10 }], flags: [{ ...truncated, replies: 14 }] })
    expect(judge([unscored, unscored])).toMatchObject({
      steps: [{ ...b, ...none, replies: 10 }],
      flags: [{ ...truncated, ...none, replies: 14 }],
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

describe('several criteria', () => {
  const CRITERIA: Rubric[] = [
    { name: 'right', text: 'Is it right?', min: 1, max: 5, pass: 4 },
    { name: 'kind', text: 'Is it kind?', min: 1, max: 5, pass: 2 },
  ]

  test('are a question each, with instructions of their own, reply by reply', () => {
    const questions = scoreQuestions(drawnAll(sampleOf(3)), 1, CRITERIA, 'seed')
    expect(questions.map(({ index, criterion }) => [index, criterion])).toEqual([
      ...[
        [0, 0],
        [0, 1],
      ],
      ...[0, 1, 2].flatMap((index) => [
        [index, 0],
        [index, 1],
      ]),
    ])
    expect(questions[1]?.task).toContain('The rubric: Is it kind?')
    expect(questions[1]?.task).not.toContain('Is it right?')
  })

  test('have a figure each; a reply gets their mean, and is good enough when it is by each', () => {
    const heard: unknown[] = []
    const answers = [5, 1, 4, 3, 3, 5].map(answered)
    const { criteria, ...whole } = summary(3, 0, answers, CRITERIA, ({ score, isGood }, name) =>
      heard.push([name, score, isGood]),
    )
    expect(criteria).toMatchObject([
      { name: 'right', rubric: 'Is it right?', pass: 4, scored: 3, score: { mean: 4 }, passed: { part: 2, whole: 3 } },
      { name: 'kind', rubric: 'Is it kind?', pass: 2, scored: 3, score: { mean: 3 }, passed: { part: 2, whole: 3 } },
    ])
    expect(whole).toMatchObject({ scored: 3, score: { mean: 3.5, min: 3, max: 4 }, passed: { part: 1, whole: 3 } })
    expect(whole.rubric).toBe('right: Is it right?\nkind: Is it kind?')
    expect(whole.lowest).toMatchObject([
      { message: 'p0', score: 3, criterion: 'kind', reason: 'why 1' },
      { message: 'p2', score: 4, criterion: 'right', reason: 'why 3' },
    ])
    expect(heard).toEqual([
      ...[
        [undefined, 3, false],
        [undefined, 3.5, true],
        [undefined, 4, false],
      ],
      ...[
        ['right', 5, true],
        ['right', 4, true],
        ['right', 3, false],
      ],
      ...[
        ['kind', 1, false],
        ['kind', 3, true],
        ['kind', 5, true],
      ],
    ])
  })

  test('that are not all answered leave the reply out of the whole, and not out of the others', () => {
    const { criteria, ...whole } = summary(2, 0, [answered(5), { state: 'unasked' }, answered(2), answered(4)], CRITERIA)
    expect(whole).toMatchObject({ asked: 3, scored: 1, score: { mean: 3 } })
    expect(criteria).toMatchObject([{ scored: 2 }, { scored: 1 }])
  })

  test('agree with themselves each for itself', () => {
    const { criteria, again } = summary(1, 1, [5, 1, 4, 3].map(answered), CRITERIA)
    expect(criteria?.map((one) => one.again)).toMatchObject([
      { replies: 1, same: 1, difference: 1 },
      { replies: 1, same: 0, difference: 2 },
    ])
    expect(again).toMatchObject({ replies: 1, same: 0, difference: 0.5 })
  })
})
