import { describe, expect, test } from 'vitest'
import type { JudgeAnswers, JudgeQuestion } from '../../../src/metrics/judge/asked.ts'
import { pairQuestions, pairSummary } from '../../../src/metrics/judge/pairs.ts'

const reply = (text: string) => ({ step: 's', prompt: 'p', text, earlier: [] })
const pairsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ run: reply(`run says ${i}`), reference: reply('reference') }))

type Letter = 'A' | 'B' | 'tie' | '?' | '!' | '-'
function question(letter: Letter): JudgeQuestion {
  if (letter === '-') return { state: 'unasked' }
  return letter === '!' ? { state: 'failed', class: 'refused' } : { state: 'answered', text: `{"winner": "${letter}"}` }
}

/** The summary of pairs whose two answers are given, the run first and then second: 'AB' is a win of the run. */
function summary(...answers: readonly (readonly [Letter, Letter])[]) {
  const sample = pairsOf(answers.length)
  const asked: JudgeAnswers = {
    ...{ model: 'm', stopped: null, why: null, cost: null, currency: null, unpriced: 0 },
    questions: answers.flat().map(question),
  }
  return pairSummary({ sample, pairs: 99, rubric: 'r' }, asked)
}

test('each pair is asked about in both orders, with another code each time', () => {
  const [one = '', other = '', ...more] = pairQuestions(pairsOf(3), 'seed').map(({ text }) => text)
  expect(more).toHaveLength(4)
  expect(one).toMatch(/<reply-a-(\w+)>\nrun says 0\n<\/reply-a-\1>\n\n<reply-b-\1>\nreference\n/)
  expect(other).toMatch(/<reply-a-(\w+)>\nreference\n<\/reply-a-\1>\n\n<reply-b-\1>\nrun says 0\n/)
  expect(/reply-a-\w+/.exec(one)?.[0]).not.toBe(/reply-a-\w+/.exec(other)?.[0])
})

describe('the summary of pairs', () => {
  test('counts a win only when both orders say so', () => {
    const result = summary(['A', 'B'], ['A', 'B'], ['A', 'B'], ['B', 'A'], ['tie', 'tie'], ['A', 'A'], ['B', 'tie'])
    expect(result).toMatchObject({ pairs: 99, sampled: 7, compared: 7, wins: 3, losses: 1, ties: 1, inconsistent: 2 })
    // Wilson's bounds of 3 of 4
    expect(result.winRate).toEqual({ part: 3, whole: 4, low: expect.closeTo(0.30064, 4), high: expect.closeTo(0.95441, 4) })
    // Exact sign test of 3 to 1: 2 · (1 + 4) ÷ 16
    expect(result.chance).toBeCloseTo(0.625, 12)
  })

  test('says how far both orders agree, beyond chance', () => {
    const { agreement } = summary(['A', 'B'], ['A', 'B'], ['B', 'A'], ['B', 'A'], ['A', 'A'])
    // In the first order 3 of 5 for the run, in the second 2 of 5: by chance 0.24 + 0.24.
    expect(agreement).toEqual({ same: 4, of: 5, kappa: expect.closeTo((0.8 - 0.48) / 0.52, 12) })
  })

  test('shows a judge that goes by the order', () => {
    const biased = summary(...Array.from({ length: 20 }, () => ['A', 'A'] as const))
    expect(biased).toMatchObject({
      wins: 0,
      losses: 0,
      inconsistent: 20,
      winRate: null,
      chance: null,
      first: { part: 40, whole: 40 },
    })
    expect(biased.first?.low).toBeGreaterThan(0.9)
    const fair = summary(...Array.from({ length: 20 }, (_, i) => (i % 2 ? ['A', 'B'] : ['B', 'A']) as ['A', 'B']))
    expect(fair.first).toMatchObject({ part: 20, whole: 40 })
  })

  test('leaves out pairs without two verdicts, and counts what they lack', () => {
    const result = summary(['A', 'B'], ['?', 'A'], ['!', 'A'], ['-', '-'])
    expect(result).toMatchObject({ asked: 6, unreadable: 1, failed: 1, failures: { refused: 1 }, compared: 1, wins: 1 })
    expect(result.first).toMatchObject({ part: 3, whole: 4 })
  })

  test('says which replies are longer', () => {
    expect(summary(['A', 'B']).wordsMore).toBe(2)
  })

  test('says nothing of nothing', () => {
    const none = { agreement: null, first: null, winRate: null, chance: null }
    expect(summary(['-', '-'])).toMatchObject({ compared: 0, ...none })
    expect(summary()).toMatchObject({ sampled: 0, asked: 0, wordsMore: null, ...none })
  })
})
