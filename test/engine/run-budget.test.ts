/** `budget:` of requests, tokens, money and time ends the run, says so, and is not exceeded by what is in flight. */
import { describe, expect, test } from 'vitest'
import { contradictionsOf } from '../../src/store/contradictions.ts'
import { MemoryTarget, type Reply, runVirtual } from '../support/virtual.ts'

const body = (output: number) => ({
  choices: [{ message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: output },
})
const answer = (output: number, headMs = 10): Reply => ({
  headMs,
  headers: { 'content-type': 'application/json' },
  pieces: [[0, JSON.stringify(body(output))]],
})

async function spend(budget: object, load: object, more: object = {}, reply = (_n: number) => answer(10)) {
  const target = new MemoryTarget({ reply: (_, n) => reply(n) })
  const run = await runVirtual({
    name: 'budget',
    target: { url: target.url, dialect: 'openai-chat', stream: false, pricing: { inputPer1M: 0, outputPer1M: 100_000 } },
    load: [load],
    steps: [{ message: 'hello', name: 'ask' }],
    budget,
    ...more,
  } as never)
  expect([...contradictionsOf(run.result)]).toEqual([])
  expect(run.timersLeft).toBe(0)
  return { ...run, sent: target.requests.length, last: target.requests.at(-1)?.at }
}

const MANY = { users: 8, iterations: 500 }

describe('requests', () => {
  test.each([
    ['of eight users', 100, MANY],
    ['of a rate', '0.1k', { rate: '400/s', for: '20s', maxUsers: 20 }],
  ])('%s: exactly so many are sent, whatever is in flight', async (_, requests, load) => {
    const { result, sent } = await spend({ requests }, load)
    expect(sent).toBe(100)
    expect(result.total.counts).toMatchObject({ started: 100, ok: 100, cut: 0 })
    expect(result.budget).toEqual([{ name: 'requests', limit: 100, used: 100, ended: true }])
    expect([result.verdict, result.exitCode]).toEqual(['failed', 1])
    expect(result.reason).toBe('ended early: the budget of requests was used up: 100 of 100')
    expect(result.notes).toContain(result.reason)
    expect(result.validity.reasons.map(({ code }) => code)).not.toContain('dropped')
    const { planned, completed, dropped } = result.iterations
    expect([completed, completed + dropped]).toEqual([100, planned])
    if (load === MANY) expect(planned).toBe(500)
  })

  test('retries count, setup does not', async () => {
    const { sent, result } = await spend(
      { requests: 6 },
      { users: 1, iterations: 10 },
      { onError: { default: 'retry', retry: { max: 1, delay: '1ms' } }, setup: [{ message: 'first', name: 'begin' }] },
      () => ({ headMs: 5, status: 500 }),
    )
    // Setup fails here, so nothing follows: what counts is seen with a target that works below.
    expect([sent, result.exitCode]).toEqual([2, 3])
    const again = await spend(
      { requests: 6 },
      { users: 1, iterations: 10 },
      { onError: { default: 'retry', retry: { max: 1, delay: '1ms' } }, setup: [{ message: 'first', name: 'begin' }] },
      (n) => (n === 0 ? answer(10) : { headMs: 5, status: 500 }),
    )
    expect(again.sent).toBe(7)
  })

  test('that are just enough end nothing', async () => {
    const { result } = await spend({ requests: 20 }, { users: 4, iterations: 20 })
    expect(result.budget).toEqual([{ name: 'requests', limit: 20, used: 20, ended: false }])
    expect(result.verdict).toBe('passed')
  })
})

describe('tokens', () => {
  test.each([
    ['one user', { users: 1, iterations: 500 }],
    ['eight users', MANY],
    ['a rate', { rate: '400/s', for: '20s', maxUsers: 20 }],
  ])('%s: what is in flight and the next one are planned for', async (_, load) => {
    const { result, sent } = await spend({ tokens: '1k' }, load)
    expect(sent).toBe(50)
    expect(result.budget).toEqual([{ name: 'tokens', limit: 1000, used: 1000, ended: true }])
    expect(result.reason).toContain('the budget of tokens was used up: 1000 of 1000')
  })
})

test('money: the next request is planned for as well, and --max-cost is the same', async () => {
  for (const load of [{ users: 1, iterations: 500 }, MANY]) {
    const { result, sent } = await spend({ cost: 20 }, load)
    expect([sent, result.cost?.total]).toEqual([20, 20])
    expect(result.thresholds[0]).toMatchObject({ threshold: 'cost sum <= 20', state: 'failed', aborted: true })
    expect(result.exitCode).toBe(1)
  }
})

test('time: no request starts after it, and what is in flight may finish', async () => {
  const { result, last } = await spend({ time: '2s' }, { users: 3, for: '1h' }, {}, () => answer(10, 300))
  expect(last).toBe(1800)
  expect(result.total.counts).toMatchObject({ started: 21, ok: 21, cut: 0 })
  expect(result.budget).toEqual([{ name: 'time', limit: 2000, used: 2000, ended: true }])
  expect(result.reason).toBe('ended early: the budget of time was used up: 2s of 2s')
  const { result: short } = await spend({ time: '2s' }, { users: 1, for: '1s' })
  expect(short.budget?.[0]).toMatchObject({ used: 1000, ended: false })
})
