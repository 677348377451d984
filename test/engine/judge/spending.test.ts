/** What a judge may cost. */
import { describe, expect, test } from 'vitest'
import { scenarioSchema } from '../../../src/scenario/schema/schema.ts'
import type { Reply } from '../../support/virtual.ts'
import { CHAT, PRICES, run, type Setting, saying, scoring, setting } from './virtual.ts'

describe('the cost of a judge', () => {
  const priced = (maxCost: number, own: object = {}) => ({
    target: { url: '', model: 'grader', ...CHAT, pricing: PRICES },
    maxCost,
    concurrency: 1,
    ...own,
  })
  const withPrices = (maxCost: number, reply: (n: number) => Reply = () => scoring(4), own: object = {}) => {
    const made = setting(reply)
    const judge = priced(maxCost, own)
    return {
      ...made,
      input: { ...made.input, judge: { ...judge, sample: 8, askTwice: 0, target: { ...judge.target, url: made.grader.url } } },
    } as Setting
  }

  test('is that of its answers, in its own currency', async () => {
    const { judge, cost } = await run(withPrices(100))
    expect(judge).toMatchObject({ asked: 8, stopped: null, cost: expect.closeTo(0.08, 12), currency: 'EUR', unpriced: 0 })
    expect(cost?.total).toBeCloseTo(20 * 10e-6, 12)
  })

  // A question is estimated at 0.33 before the first answer, and at 0.01 after it.
  test.each([
    [0.35, 8],
    [0.34, 8],
    [0.05, 0],
  ])('maxCost %d: %i questions', async (maxCost, asked) => {
    const made = withPrices(maxCost)
    const { judge } = await run(made)
    expect(made.grader.requests).toHaveLength(asked)
    expect(judge?.asked).toBe(asked)
  })

  test('ends the questions before the next would exceed it, and what is known of the sample stays', async () => {
    const dear = saying(JSON.stringify({ score: 4 }))
    // From the third answer on each costs 0.2.
    const reply = (n: number): Reply =>
      n < 2
        ? dear
        : { ...dear, pieces: [[0, String(dear.pieces?.[0]?.[1]).replace('"prompt_tokens":10', '"prompt_tokens":200')]] }
    const { judge, notes, verdict } = await run(withPrices(0.75, reply))
    expect(judge).toMatchObject({ asked: 5, scored: 5, stopped: 'cost', cost: expect.closeTo(0.62, 12) })
    expect(notes).toContain(
      'the judge was asked no more questions, as the next could have exceeded maxCost; 5 of 8 replies have a score',
    )
    expect(verdict).toBe('passed')
  })

  test('counts those under way', async () => {
    const reply = (n: number) => scoring(4, { ms: n === 0 ? 1 : 1000 })
    const made = withPrices(1.4, reply, { concurrency: 4 })
    const { judge } = await run(made)
    expect(judge?.stopped).toBeNull()
    expect(Math.max(...made.grader.requests.slice(0, 4).map(({ at }) => at))).toBe(made.grader.requests[0]?.at)
    const few = withPrices(0.7, reply, { concurrency: 4 })
    await run(few)
    expect(few.grader.requests.filter(({ at }) => at === few.grader.requests[0]?.at)).toHaveLength(2)
  })

  test('of answers without token counts is not known, and taken for that of the others', async () => {
    const { judge } = await run(withPrices(0.7, () => scoring(4, { usage: false })))
    expect(judge).toMatchObject({ unpriced: 2, cost: 0, stopped: 'cost', asked: 2 })
  })

  test('needs prices to be bounded', () => {
    const { input } = setting(() => scoring(4), { maxCost: 1 })
    expect(scenarioSchema.safeParse(input).error?.issues).toMatchObject([
      { path: ['judge', 'maxCost'], message: expect.stringContaining('maxCost needs prices') },
    ])
  })
})
