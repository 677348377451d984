/** Budgets of tokens and money end the run with the reply that uses them up, or with those that are in flight. */
import { describe, expect, test } from 'vitest'
import { contradictionsOf } from '../../src/store/contradictions.ts'
import { MemoryTarget, type Reply, runVirtual } from '../support/virtual.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const body = (tokens: number) => ({
  choices: [{ message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 0, completion_tokens: tokens },
})
/** After 10 ms. */
const answerOf = (json: unknown): Reply => ({ headMs: 10, headers: JSON_TYPE, pieces: [[0, JSON.stringify(json)]] })
const answer = answerOf(body(10))
const PRICING = { inputPer1M: 0, outputPer1M: 100_000 } // each reply costs 1

async function spend(load: object, threshold: object | string, reply = answer) {
  const { url } = new MemoryTarget({ reply: () => reply })
  const { result } = await runVirtual({
    name: 'budget',
    target: { url, dialect: 'openai-chat', stream: false, pricing: PRICING },
    load: [load],
    steps: [{ message: 'hello' }],
    thresholds: [threshold],
  } as never)
  const { observed = 0, ...own } = result.thresholds[0] ?? {}
  return { result, spent: observed ?? 0, own }
}

describe('a budget with abort', () => {
  test.each<[string, object, string, number, number]>([
    ['one user, money', { users: 1, iterations: 500 }, 'cost sum <= 20', 21, 21],
    ['one user, tokens', { users: 1, iterations: 500 }, 'output_tokens sum < 200', 200, 20],
    // What is in flight is planned for.
    ['eight users', { users: 8, iterations: 500 }, 'cost sum <= 50', 51, 51],
    ['a rate', { rate: '400/s', for: '20s', maxUsers: 20 }, 'cost sum < 30', 30, 30],
  ])('%s', async (_, load, threshold, total, started) => {
    const { result, spent, own } = await spend(load, { threshold, abort: true })
    expect([spent, result.total.counts.started]).toEqual([total, started])
    expect(own).toMatchObject({ state: 'failed', aborted: true })
    expect(result.exitCodes).toContain(1)
    expect(result.notes.join()).toMatch(/ended early: (cost|output_tokens) sum was .* of /)
  })

  test('that lasts for the whole run passes, though the last replies would have used it up', async () => {
    const { spent, own } = await spend({ users: 5, iterations: 20 }, { threshold: 'cost sum <= 20', abort: true })
    expect(spent).toBe(20)
    expect(own).toMatchObject({ state: 'passed' })
  })

  test('without abort the run goes on, and fails at its end', async () => {
    const { spent, own } = await spend({ users: 2, iterations: 20 }, 'cost sum < 10')
    expect(spent).toBe(20)
    expect(own).toMatchObject({ state: 'failed' })
  })
})

describe('a budget of money', () => {
  const budget = { threshold: 'cost sum <= 20', abort: true }

  test('is used up by warm-ups and by calls that failed a check, which are paid for as well', async () => {
    const load = [
      { users: 1, iterations: 8, warmup: true },
      { users: 1, iterations: 500 },
    ]
    const { url } = new MemoryTarget({ reply: () => answer })
    const { result } = await runVirtual({
      name: 'budget',
      target: { url, dialect: 'openai-chat', stream: false, pricing: PRICING },
      load,
      steps: [{ message: 'hello', expect: [{ contains: 'never' }] }],
      thresholds: [budget, 'errors ratio < 99%'],
    } as never)
    expect([result.cost?.outside, result.cost?.total]).toEqual([8, 13])
    expect(result.notes.join()).toContain('cost sum was 21 of 20')
    // What the measured part cost alone, 13, would pass.
    expect(result.thresholds[0]).toMatchObject({ state: 'failed', observed: 21, limit: 20 })
    expect([...contradictionsOf(result)]).toEqual([])
  })

  test('shows what the replies in flight would have made of it', async () => {
    let next = 0
    const { url } = new MemoryTarget({ reply: () => (next++ < 16 ? answer : answerOf(body(0))) })
    const { result } = await runVirtual({
      name: 'budget',
      target: { url, dialect: 'openai-chat', stream: false, pricing: PRICING },
      load: [{ users: 8, iterations: 500 }],
      steps: [{ message: 'hello' }],
      thresholds: [budget],
    } as never)
    expect(result.cost?.total).toBe(16)
    expect(result.thresholds[0]).toMatchObject({
      state: 'failed',
      observed: 21,
      reason: 'cost sum was 14 of 20 with 7 replies in flight, which would make it 21: the run ended early',
    })
    expect([...contradictionsOf(result)]).toEqual([])
  })

  test('ends a run in which no reply says what it used: nobody knows what it costs', async () => {
    const silent = answerOf({ ...body(1), usage: undefined })
    const { result } = await spend({ users: 1, iterations: 500 }, budget, silent)
    expect(result.total.counts.started).toBe(10)
    expect(result.thresholds[0]).toMatchObject({ state: 'failed', aborted: true, samples: 0 })
    expect(result.notes.join()).toContain('cost is not known: no reply says how many tokens it used')
  })

  test('takes a reply that does not say so for one like the others', async () => {
    const silent = answerOf({ ...body(1), usage: undefined })
    let next = 0
    const { url } = new MemoryTarget({ reply: () => (next++ % 2 === 0 ? answer : silent) })
    const { result } = await runVirtual({
      name: 'budget',
      target: { url, dialect: 'openai-chat', stream: false, pricing: PRICING },
      load: [{ users: 1, iterations: 500 }],
      steps: [{ message: 'hello' }],
      thresholds: [budget],
    } as never)
    expect([result.total.counts.started, result.cost?.priced, result.cost?.total]).toEqual([21, 11, null])
    expect(result.exitCodes).toContain(1)
  })
})

describe('no samples', () => {
  test('of tokens that no reply told of', async () => {
    const silent = answerOf({ ...body(1), usage: undefined })
    const { own } = await spend({ users: 1, iterations: 5 }, 'output_token_rate > 1', silent)
    expect(own).toMatchObject({
      state: 'no_samples',
      samples: 0,
      reason: 'output_token_rate has no samples, which counts as a failure',
    })
  })

  test.each([
    'checks ratio >= 90%',
    'checks{step=late} ratio >= 90%',
    'empty_reply{step=late} ratio < 1%',
    'ttft{step=late} p95 < 1s',
    'ok{step=late} count >= 1',
  ])('of a step that was never reached: %s', async (threshold) => {
    const { url } = new MemoryTarget({ reply: () => answer })
    for (const entry of [threshold, { threshold, window: '10s' }, { threshold, abort: true }]) {
      const { result } = await runVirtual({
        name: 'late',
        target: { url, dialect: 'openai-chat', stream: false },
        load: [{ users: 1, iterations: 5 }],
        steps: [
          { message: 'hello' },
          { if: 'iteration.index > 99', then: [{ message: 'bye', name: 'late', expect: [{ contains: 'x' }] }] },
        ],
        thresholds: [entry],
      } as never)
      expect(result.thresholds[0]).toMatchObject({ state: 'no_samples', samples: 0 })
      expect(result.thresholds[0]?.reason).toMatch(/has no samples, which counts as a failure$/)
    }
  })
})
