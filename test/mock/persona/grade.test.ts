/** The mock as a judge: it grades by the words of a reply, and what it grades is the question as burn writes it. */
import { describe, expect, test } from 'vitest'
import { readScore, readWinner } from '../../../src/metrics/judge/answers.ts'
import { comparingQuestion, type GradedReply, scoringQuestion } from '../../../src/metrics/judge/questions.ts'
import { gradeText } from '../../../src/mock/persona/grade.ts'
import { replyFor } from '../../../src/mock/persona/reply.ts'
import { resolveSettings } from '../../../src/mock/persona/settings.ts'

const RUBRIC = { text: 'r', min: 1, max: 5, pass: 4 }
const SETTINGS = { seed: 1, firstBias: 0 }
const reply = (text: string): GradedReply => ({ step: 's', prompt: 'When does the parcel arrive in Berlin?', text, earlier: [] })
const GOOD = reply('The parcel arrives in Berlin on Tuesday, between nine and twelve o’clock; somebody has to be at home for it.')
const POOR = reply('undefined')

describe('the grade of a reply', () => {
  const score = (graded: GradedReply, scale = RUBRIC) =>
    readScore(gradeText(scoringQuestion(graded, scale, 'c0de'), SETTINGS), scale)?.score ?? Number.NaN

  test('lies on the scale of the question, and is higher for an answer to the message', () => {
    expect([score(GOOD), score(POOR)]).toEqual([5, 1])
    const percent = { ...RUBRIC, min: 0, max: 100 }
    expect(score(GOOD, percent)).toBeGreaterThan(90)
    expect(score(POOR, percent)).toBeLessThan(60)
    const share = { ...RUBRIC, min: 0, max: 1 }
    expect(score(GOOD, share) - score(POOR, share)).toBeGreaterThan(0.3)
  })

  test('is no verdict for any other text', () => {
    expect(readScore(gradeText('Hello', SETTINGS), RUBRIC)).toBeUndefined()
    expect(readScore(gradeText('<reply-c0de>\ntorn', SETTINGS), RUBRIC)).toBeUndefined()
  })
})

describe('of two replies', () => {
  const winner = (a: GradedReply, b: GradedReply, settings = SETTINGS) =>
    readWinner(gradeText(comparingQuestion(a, b, 'c0de'), settings))

  test('the better one wins in either place, and two of equal words tie', () => {
    expect([winner(GOOD, POOR), winner(POOR, GOOD), winner(GOOD, GOOD)]).toEqual(['first', 'second', 'tie'])
  })

  test('with firstBias the first one wins anyway, in so many pairs', () => {
    expect(winner(POOR, GOOD, { seed: 1, firstBias: 1 })).toBe('first')
    const poorFirst = Array.from({ length: 200 }, (_, i) =>
      readWinner(gradeText(comparingQuestion(POOR, GOOD, String(i)), { seed: 1, firstBias: 0.5 })),
    )
    expect(poorFirst.filter((place) => place === 'first').length).toBeGreaterThan(70)
    expect(poorFirst.filter((place) => place === 'first').length).toBeLessThan(130)
  })
})

test('a reply of the mock is a whole grade, however many tokens replies have, unless the request bounds it', () => {
  const turns = [{ role: 'user' as const, text: scoringQuestion(GOOD, RUBRIC, 'c0de') }]
  const settings = resolveSettings({ replies: 'grades', tokens: 2 })
  const { text, usage, finish } = replyFor(turns, settings, 0)
  expect(JSON.parse(text)).toMatchObject({ score: 5 })
  expect(usage.outputTokens).toBe(text.split(' ').length)
  expect(finish).toBe('stop')
  expect(replyFor(turns, settings, 0, 1)).toMatchObject({ finish: 'length', usage: { outputTokens: 1 } })
})
