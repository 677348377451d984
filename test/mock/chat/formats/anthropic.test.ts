import Anthropic, { APIError, RateLimitError } from '@anthropic-ai/sdk'
import { expect, test } from 'vitest'
import type { Mock } from '../../../../src/mock/server.ts'
import { mockFor, post } from '../../harness.ts'

const ASK = { model: 'm', max_tokens: 100, system: 'Be brief.', messages: [{ role: 'user', content: 'Where is it?' } as const] }

const clientOf = (mock: Mock): Anthropic => new Anthropic({ apiKey: 'k', baseURL: mock.url, maxRetries: 0 })

test('streamed and whole messages hold the same content, stop reason and exact usage', async () => {
  const client = clientOf(await mockFor({ tokens: 6, reasoningTokens: 2 }))
  const streamed = await client.messages.stream(ASK).finalMessage()
  const whole = await client.messages.create(ASK)
  const [thinking, text] = streamed.content
  expect(thinking).toMatchObject({
    type: 'thinking',
    thinking: expect.stringMatching(/^thinking word\d+$/),
    signature: expect.any(String),
  })
  expect(text).toMatchObject({ type: 'text', text: expect.stringMatching(/^turn 1: Where is it\? word\d+$/) })
  expect(streamed.stop_reason).toBe('end_turn')
  expect(streamed.usage).toMatchObject({ input_tokens: 6, output_tokens: 8 })
  expect(whole.content).toEqual(JSON.parse(JSON.stringify(streamed.content)))
  expect(whole.usage).toMatchObject({ input_tokens: 6, output_tokens: 8 })
})

test('events come in the documented order, with the small start count first', async () => {
  const mock = await mockFor({ tokens: 2, reasoningTokens: 1 })
  const body = await (await post(mock, '/v1/messages', { ...ASK, stream: true })).text()
  const events = [...body.matchAll(/^event: (.*)$/gm)].map((match) => match[1])
  expect(events).toEqual([
    'message_start',
    'ping',
    ...['content_block_start', 'content_block_delta', 'content_block_delta', 'content_block_stop'],
    ...['content_block_start', 'content_block_delta', 'content_block_delta', 'content_block_stop'],
    'message_delta',
    'message_stop',
  ])
  expect(body).toContain('"output_tokens":1}')
})

test('a limit stops with max_tokens', async () => {
  const client = clientOf(await mockFor({ tokens: 6 }))
  const message = await client.messages.stream({ ...ASK, max_tokens: 2 }).finalMessage()
  expect(message.stop_reason).toBe('max_tokens')
  expect(message.content).toMatchObject([{ type: 'text', text: 'turn 1:' }])
})

test('max_tokens is required', async () => {
  const reply = await post(await mockFor(), '/v1/messages', { model: 'm', messages: ASK.messages })
  expect(reply.status).toBe(400)
  expect(await reply.json()).toMatchObject({ type: 'error', error: { type: 'invalid_request_error', message: /^max_tokens: / } })
})

test('errors are thrown as the SDK knows them', async () => {
  const mock = await mockFor({ status: 529 })
  await expect(clientOf(mock).messages.create(ASK)).rejects.toMatchObject({
    status: 529,
    error: { error: { type: 'overloaded_error' } },
  })
  mock.update({ status: 429, retryAfterSeconds: 3 })
  const limited = await clientOf(mock)
    .messages.create(ASK)
    .catch((error: unknown) => error)
  expect(limited).toBeInstanceOf(RateLimitError)
  expect((limited as RateLimitError).headers?.get('retry-after')).toBe('3')
  expect((limited as RateLimitError).headers?.get('anthropic-ratelimit-requests-reset')).toMatch(/^\d{4}-\d\d-\d\dT/)
})

test('an error event inside the stream is thrown', async () => {
  const client = clientOf(await mockFor({ tokens: 4, midStreamErrorRate: 1 }))
  const stream = client.messages.stream(ASK)
  let text = ''
  stream.on('text', (piece) => {
    text += piece
  })
  await expect(stream.finalMessage()).rejects.toBeInstanceOf(APIError)
  expect(text).toBe('turn 1:')
})

test('a stream that is cut before message_stop never becomes a message', async () => {
  const client = clientOf(await mockFor({ tokens: 4, truncateRate: 1 }))
  await expect(client.messages.stream(ASK).finalMessage()).rejects.toThrow(/ended without|without producing/)
})
