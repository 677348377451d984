/** `timings`: the mock tells its own times, as vLLM does, and a run reads them. */
import { describe, expect, test } from 'vitest'
import { withTimings } from '../../../src/mock/chat/timings.ts'
import type { MockReply } from '../../../src/mock/persona/reply.ts'
import { runScenario } from '../../support/run.ts'
import { mockFor, post } from '../harness.ts'

const ASK = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }
const CHAT = '/v1/chat/completions'
const ANY = { queue_time_ms: 0, time_to_first_token_ms: expect.any(Number), generation_time_ms: expect.any(Number) }

test('a whole reply and the last chunk of a stream have the times, and no other format does', async () => {
  const mock = await mockFor({ tokens: 2, timings: true })
  expect(await (await post(mock, CHAT, ASK)).json()).toMatchObject({ metrics: ANY })
  const chunks = (await (await post(mock, CHAT, { ...ASK, stream: true })).text())
    .split('\n\n')
    .filter((text) => /^data: \{/.test(text))
  const timed = chunks.map((text) => JSON.parse(text.slice('data: '.length)).metrics)
  expect(timed).toEqual([...chunks.slice(1).map(() => undefined), ANY])
  expect(await (await post(mock, '/chat', { message: 'Hi' })).json()).not.toHaveProperty('metrics')
  const plain = await mockFor({ tokens: 2 })
  expect(await (await post(plain, CHAT, ASK)).json()).not.toHaveProperty('metrics')
})

describe('the times', () => {
  test('are the wait for a slot, the time to the first token after it, and the rest', () => {
    const asked = withTimings({ turns: [], framing: undefined, frames: () => [], whole: () => ({ text: 'x' }) }, 7)
    expect(asked.whole({} as MockReply, { frames: 0, firstTokenMs: 30, nowMs: 50 })).toEqual({
      text: 'x',
      metrics: { queue_time_ms: 7, time_to_first_token_ms: 30, generation_time_ms: 20 },
    })
  })

  const timesOf = async (slots: number) => {
    const { result } = await runScenario({
      name: 'timed',
      target: {
        ...{ preset: 'openai-chat', url: 'mock:', model: 'm' },
        mock: { firstTokenMs: 20, gapMs: 1, tokens: 3, slots, timings: true },
      },
      load: [{ users: 2, iterations: 6 }],
      steps: [{ message: 'hello' }],
    })
    return result.total.distributions
  }

  test('stand in the result of a run: one of two users waits for the only slot, and none where there are two', async () => {
    const { server_queue: queue, server_prefill: prefill, server_decode: decode } = await timesOf(1)
    expect([queue?.count, prefill?.count, decode?.count]).toEqual([6, 6, 6])
    expect(prefill?.min).toBeGreaterThanOrEqual(19)
    expect(decode?.min).toBeGreaterThan(0)
    // Where each has a slot, the wait is the time that the mock takes to see it.
    const { server_queue: free } = await timesOf(2)
    expect(free?.count).toBe(6)
    expect(queue?.mean).toBeGreaterThan(free?.mean ?? Infinity)
  })
})
