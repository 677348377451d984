/** Times that servers tell in their replies: in the result, in thresholds and checks, and by source. */
import { describe, expect, test } from 'vitest'
import { serverTimesText } from '../../src/report/console/iterations.ts'
import { chatTarget, MemoryTarget, type Reply, runVirtual } from '../support/virtual.ts'

const reply = (n: number): Reply => ({
  headMs: 10 * n,
  headers: { 'content-type': 'application/json' },
  pieces: [
    [
      0,
      JSON.stringify({
        choices: [{ message: { content: 'hi' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 10, completion_tokens: 1 },
        ...(n === 1 ? {} : { metrics: { queue_time_ms: 5 * n, time_to_first_token_ms: 3 * n, generation_time_ms: n } }),
      }),
    ],
  ],
})

const run = (url: string, own: object = {}) =>
  runVirtual({
    name: 'times',
    target: { url, dialect: 'openai-chat', stream: false },
    load: [{ users: 1, iterations: 4 }],
    steps: [{ message: 'a' }],
    ...own,
  } as never)

describe('a run whose server tells its times', () => {
  const url = () => {
    let n = 0
    return new MemoryTarget({ reply: () => reply(++n) }).url
  }

  test('has them as metrics, by who told them; replies without are left out', async () => {
    const { result } = await run(url())
    expect(result.total.serverTimes).toEqual({ vLLM: 3 })
    expect(result.total.distributions.server_queue).toMatchObject({ count: 3, leftOut: 1, min: 10, mean: 15, max: 20 })
    expect(result.total.distributions.server_total).toMatchObject({ count: 3, mean: 27 })
    expect(result.total.distributions.network).toMatchObject({ count: 3, min: 4, max: 8 })
    expect(result.steps[0]?.serverTimes).toEqual({ vLLM: 3 })
    expect(serverTimesText(result, String)).toBe(
      'vLLM · queue p50 ~15ms, p95 ~20ms · prefill p50 ~9.01ms, p95 ~12ms · decode p50 ~3ms, p95 ~4ms · total p50 ~27ms, p95 ~36ms · network p50 ~6ms, p95 ~8ms · in 3 of 4 replies',
    )
  })

  test('can be judged by them; a threshold on what nobody tells fails', async () => {
    const { result } = await run(url(), {
      thresholds: ['server_queue p95 < 15ms', 'server_queue p95 < 21ms', 'gateway_overhead p95 < 1s'],
    })
    expect(result.thresholds.slice(0, 3).map(({ state, observed }) => [state, observed])).toEqual([
      ['failed', 20],
      ['passed', 20],
      ['no_samples', null],
    ])
  })

  test('can check each reply', async () => {
    const { result } = await run(url(), { steps: [{ message: 'a', expect: [{ server_prefill: '< 10ms' }] }] })
    expect(result.steps[0]?.checks[0]).toMatchObject({ check: 'server_prefill < 10ms', passed: 2 })
  })
})

test('a run whose server tells nothing has nothing of it', async () => {
  const { result } = await run(chatTarget().url, { target: { url: chatTarget().url, dialect: 'openai-chat' } })
  expect(result.total).not.toHaveProperty('serverTimes')
  expect(Object.keys(result.total.distributions).filter((name) => /^server_|network|gateway/.test(name))).toEqual([])
  expect(serverTimesText(result, String)).toBe('')
})
