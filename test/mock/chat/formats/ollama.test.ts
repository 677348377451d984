import { Ollama } from 'ollama'
import { describe, expect, test } from 'vitest'
import type { Mock } from '../../../../src/mock/server.ts'
import { mockFor } from '../../harness.ts'

const ASK = { model: 'm', messages: [{ role: 'user', content: 'Where is it?' }] }

const clientOf = (mock: Mock): Ollama => new Ollama({ host: mock.url })

test('streamed and whole replies hold the same text, reason and exact counts', async () => {
  const client = clientOf(await mockFor({ tokens: 6, reasoningTokens: 2, firstTokenMs: 20, gapMs: 2 }))
  let text = ''
  let thinking = ''
  let last: Awaited<ReturnType<typeof whole>> | undefined
  const whole = () => client.chat({ ...ASK, stream: false })
  for await (const part of await client.chat({ ...ASK, stream: true })) {
    text += part.message.content
    thinking += part.message.thinking ?? ''
    last = part
  }
  const reply = await whole()
  expect(text).toMatch(/^turn 1: Where is it\? word\d+$/)
  expect(thinking).toMatch(/^thinking word\d+$/)
  expect(last).toMatchObject({ done: true, done_reason: 'stop', prompt_eval_count: 3, eval_count: 8 })
  expect(reply).toMatchObject({
    done: true,
    done_reason: 'stop',
    prompt_eval_count: 3,
    eval_count: 8,
    message: { content: text, thinking },
  })
  expect(reply.prompt_eval_duration).toBe(20e6)
  expect(reply.eval_duration).toBeGreaterThanOrEqual(14e6)
})

test('durations of a stream are the measured ones, in nanoseconds', async () => {
  const mock = await mockFor({ tokens: 4, firstTokenMs: 10, gapMs: 2 })
  let last: { total_duration: number; prompt_eval_duration: number; eval_duration: number } | undefined
  for await (const part of await clientOf(mock).chat({ ...ASK, stream: true })) last = part
  const { receivedAt, firstTokenAt, framesAt } = mock.log()[0]!
  expect(last?.prompt_eval_duration).toBe(Math.round((firstTokenAt! - receivedAt!) * 1e6))
  expect(last?.total_duration).toBe(Math.round((framesAt.at(-1)! - receivedAt!) * 1e6))
  expect(last?.eval_duration).toBeGreaterThan(0)
})

test('num_predict limits, and a negative one does not', async () => {
  const client = clientOf(await mockFor({ tokens: 6 }))
  const limited = await client.chat({ ...ASK, stream: false, options: { num_predict: 2 } })
  const free = await client.chat({ ...ASK, stream: false, options: { num_predict: -1 } })
  expect(limited).toMatchObject({ done_reason: 'length', eval_count: 2, message: { content: 'turn 1:' } })
  expect(free).toMatchObject({ done_reason: 'stop', eval_count: 6 })
})

test('an HTTP error and an error line are thrown', async () => {
  const mock = await mockFor({ errorRate: 1, errorStatus: 503 })
  await expect(clientOf(mock).chat(ASK)).rejects.toMatchObject({ status_code: 503, error: 'planned error' })
  mock.update({ errorRate: 0, midStreamErrorRate: 1 })
  const reading = async () => {
    for await (const _ of await clientOf(mock).chat({ ...ASK, stream: true }));
  }
  await expect(reading()).rejects.toThrow('planned midstream_error')
})

describe('generate', () => {
  const ASK_ONCE = { model: 'm', prompt: 'Where is it?' }

  test('streamed and whole replies hold the same text, thoughts and exact counts', async () => {
    const mock = await mockFor({ tokens: 6, reasoningTokens: 2 })
    const client = clientOf(mock)
    const parts = []
    for await (const part of await client.generate({ ...ASK_ONCE, stream: true })) parts.push(part)
    const whole = await client.generate({ ...ASK_ONCE, stream: false })
    expect(parts.map(({ response }) => response).join('')).toMatch(/^turn 1: Where is it\? word\d+$/)
    expect(parts.map(({ thinking }) => thinking ?? '').join('')).toMatch(/^thinking word\d+$/)
    expect(parts.map(({ done }) => done)).toEqual([...Array(8).fill(false), true])
    const end = { done: true, done_reason: 'stop', prompt_eval_count: 3, eval_count: 8 }
    expect(parts.at(-1)).toMatchObject({ ...end, response: '' })
    expect(whole).toMatchObject({
      ...end,
      response: parts.map(({ response }) => response).join(''),
      thinking: parts.map(({ thinking }) => thinking ?? '').join(''),
    })
    expect(whole).not.toHaveProperty('message')
    expect(mock.stats().byRoute).toEqual({ 'ollama-generate': 2 })
  })

  test('the system prompt counts as prompt', async () => {
    const client = clientOf(await mockFor({ tokens: 2 }))
    const reply = await client.generate({ ...ASK_ONCE, system: 'Be brief', stream: false })
    expect(reply).toMatchObject({ prompt_eval_count: 5, response: 'turn 1:' })
  })

  test('num_predict limits; an error is thrown, also from within a stream', async () => {
    const mock = await mockFor({ tokens: 6 })
    const client = clientOf(mock)
    const limited = await client.generate({ ...ASK_ONCE, stream: false, options: { num_predict: 2 } })
    expect(limited).toMatchObject({ done_reason: 'length', eval_count: 2, response: 'turn 1:' })
    mock.update({ errorRate: 1, errorStatus: 503 })
    await expect(client.generate({ ...ASK_ONCE, stream: false })).rejects.toMatchObject({ status_code: 503 })
    mock.update({ errorRate: 0, midStreamErrorRate: 1 })
    const reading = async () => {
      for await (const _ of await client.generate({ ...ASK_ONCE, stream: true }));
    }
    await expect(reading()).rejects.toThrow('planned midstream_error')
  })
})
