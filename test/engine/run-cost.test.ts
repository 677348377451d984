/** The cost of a run in its result: in all, per session and success, what was wasted, and when it is not known. */
import { describe, expect, test } from 'vitest'
import { costText } from '../../src/report/console/cost.ts'
import type { Result } from '../../src/result/schema.ts'
import { MemoryTarget, type Reply, runVirtual } from '../support/virtual.ts'

const reply = (tokens: number | undefined, content = 'hi'): Reply => ({
  headMs: 10,
  headers: { 'content-type': 'application/json' },
  pieces: [
    [
      0,
      JSON.stringify({
        choices: [{ message: { role: 'assistant', content }, finish_reason: 'stop' }],
        ...(tokens === undefined ? {} : { usage: { prompt_tokens: 10, completion_tokens: tokens } }),
      }),
    ],
  ],
})

/** Two messages for each of four users, one after the other; the replies in order. Input costs 1 for each token, output 0.1. */
async function run(
  replies: readonly Reply[],
  own: Readonly<Record<string, unknown>> = {},
  pricing: object = {},
): Promise<Result> {
  let next = 0
  const { url } = new MemoryTarget({ reply: () => replies[next++ % replies.length] ?? reply(1) })
  const prices = { inputPer1M: 1_000_000, outputPer1M: 100_000, currency: 'USD', ...pricing }
  const { result } = await runVirtual({
    name: 'cost',
    target: { url, dialect: 'openai-chat', stream: false, pricing: prices },
    load: [{ users: 1, iterations: 4 }],
    steps: [{ message: 'a' }, { message: 'b', expect: [{ 'not-contains': 'bad' }] }],
    thresholds: ['errors ratio < 100%'],
    ...own,
  } as never)
  return result
}

describe('the cost in a result', () => {
  test('has the sum of all calls, that of each session, and of a thousand', async () => {
    const result = await run([reply(1), reply(3)])
    expect(result.cost).toMatchObject({
      currency: 'USD',
      total: 81.6,
      priced: 81.6,
      calls: 8,
      unpriced: 0,
      failed: 0,
      cut: 0,
      outside: 0,
      perSuccess: 20.4,
      perThousandSessions: 20_400,
    })
    expect(result.cost?.perSession).toMatchObject({ count: 4, leftOut: 0, unit: 'currency' })
    expect(costText(result, (text) => text)).toBe(
      '81.6 USD for 8 calls · 20.4 per session, p95 ~20.4 · 20.4 per success · 20400 per 1,000 sessions',
    )
  })

  test('says what failed calls have wasted: a success costs more than a session', async () => {
    const result = await run([reply(1), reply(1), reply(1), reply(1, 'bad')])
    expect(result.cost).toMatchObject({ total: 80.8, failed: 20.2, perSuccess: 40.4, perThousandSessions: 20_200 })
    expect(costText(result, (text) => text)).toContain('25% wasted on failed and unfinished calls')
  })

  test('is not known when the price of a call is not, and never less than it was', async () => {
    const result = await run([reply(1), reply(1), reply(1), reply(undefined)])
    expect(result.cost).toMatchObject({ total: null, calls: 8, unpriced: 2, perSuccess: null, perThousandSessions: null })
    expect(result.cost?.priced).toBeCloseTo(60.6, 9)
    expect(result.cost?.perSession).toMatchObject({ count: 2, leftOut: 2 })
    expect(costText(result, (text) => text)).toBe('n/a (25% of calls unpriced; the others 60.6 USD)')
  })

  test('keeps warm-ups apart', async () => {
    const load = [
      { users: 1, iterations: 1, warmup: true },
      { users: 1, iterations: 2 },
    ]
    expect((await run([reply(1)], { load })).cost).toMatchObject({ total: 40.4, outside: 20.2, calls: 4 })
  })

  test('of own hardware is that of a million output tokens', async () => {
    const result = await run(
      [reply(50)],
      { load: [{ users: 1, for: '10s' }] },
      { inputPer1M: undefined, outputPer1M: undefined, perHour: 3.6 },
    )
    const rate = result.total.values.output_token_rate ?? 0
    expect(rate).toBeGreaterThan(0)
    expect(result.cost).toMatchObject({ perHour: 3.6, unpriced: result.cost?.calls })
    expect(result.cost?.perMillionOutput).toBeCloseTo(1000 / rate, 9)
  })

  test('of targets with prices in two currencies is not summed up', async () => {
    const { url } = new MemoryTarget({ reply: () => reply(1) })
    const target = (currency: string) => ({
      url,
      dialect: 'openai-chat',
      stream: false,
      pricing: { inputPer1M: 1, outputPer1M: 1, currency },
    })
    const steps = [
      { message: 'a', target: 'a' },
      { message: 'b', target: 'b' },
    ]
    const result = await run([reply(1)], { target: undefined, targets: { a: target('USD'), b: target('EUR') }, steps })
    const none = { currency: null, total: null, priced: null, failed: null, cut: null, outside: null, perThousandSessions: null }
    expect(result.cost).toMatchObject({ ...none, unpriced: 0 })
    expect(result.cost?.perSession).toBeUndefined()
    expect(costText(result, (text) => text)).toBe('n/a (the targets have prices in different currencies)')
  })

  test.each([
    [{ a: { perHour: 1 } }, 1, 'n/a per 1M output tokens at 1 an hour'],
    [{ a: { perHour: 1, currency: 'USD' }, b: { perHour: 1, currency: 'EUR' } }, null, 'different currencies'],
  ])('of hardware is that of no token when it is not that of all targets: %j', async (pricing, perHour, words) => {
    const { url } = new MemoryTarget({ reply: () => reply(50) })
    const target = { url, dialect: 'openai-chat', stream: false }
    const targets = { a: { ...target, pricing: pricing.a }, b: { ...target, pricing: 'b' in pricing ? pricing.b : undefined } }
    const steps = [
      { message: 'a', target: 'a' },
      { message: 'b', target: 'b' },
    ]
    const result = await run([], { target: undefined, targets, steps, load: [{ users: 1, for: '10s' }] })
    expect(result.cost).toMatchObject({ perHour, perMillionOutput: null })
    expect(costText(result, (text) => text)).toContain(words)
  })

  test('is left out without prices', async () => {
    const { url } = new MemoryTarget({ reply: () => reply(1) })
    const result = await run([reply(1)], { target: { url, dialect: 'openai-chat', stream: false } })
    expect(Object.hasOwn(result, 'cost')).toBe(false)
  })

  test('prices of more than 90 days ago are worth a note', async () => {
    const note = async (asOf: string) => (await run([reply(1)], {}, { asOf })).notes.filter((text) => text.includes('prices'))
    expect(await note('2020-01-15')).toEqual([
      expect.stringMatching(/^the prices of target are of 2020-01-15, \d+ days ago: they may have changed$/),
    ])
    expect(await note(new Date().toISOString().slice(0, 10))).toEqual([])
  })
})
