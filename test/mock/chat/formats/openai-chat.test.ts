import type OpenAI from 'openai'
import { APIError, AzureOpenAI, InternalServerError, RateLimitError } from 'openai'
import { describe, expect, test } from 'vitest'
import { mockFor } from '../../harness.ts'
import { clientOf } from './openai-client.ts'

const HELLO = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Where is my order?' },
] as const

/** 9 + 18 characters, by four. */
const PROMPT_TOKENS = 7

async function collect(stream: AsyncIterable<OpenAI.ChatCompletionChunk>) {
  const seen = {
    text: '',
    reasoning: '',
    finish: '',
    roles: 0,
    usage: undefined as OpenAI.CompletionUsage | undefined,
    filters: 0,
  }
  for await (const chunk of stream) {
    const choice = chunk.choices[0]
    if (choice?.delta.role) seen.roles += 1
    if ('prompt_filter_results' in chunk) seen.filters += 1
    seen.text += choice?.delta.content ?? ''
    if (choice && 'reasoning_content' in choice.delta) seen.reasoning += choice.delta.reasoning_content
    seen.finish += choice?.finish_reason ?? ''
    if (chunk.usage) seen.usage = chunk.usage
  }
  return seen
}

describe('openai chat, read by the official SDK', () => {
  test('streamed and whole replies hold the same text, finish reason and exact usage', async () => {
    const client = clientOf(await mockFor({ tokens: 10, reasoningTokens: 3, tokensPerChunk: 4 }))
    const ask = { model: 'm', messages: [...HELLO] }
    const stream = await client.chat.completions.create({ ...ask, stream: true, stream_options: { include_usage: true } })
    const streamed = await collect(stream)
    const whole = await client.chat.completions.create(ask)
    expect(streamed.text).toMatch(/^turn 1: Where is my order\?( word\d+){4}$/)
    expect(streamed).toMatchObject({ finish: 'stop', roles: 1, reasoning: expect.stringMatching(/^thinking( word\d+){2}$/) })
    expect(streamed.usage).toMatchObject({
      prompt_tokens: PROMPT_TOKENS,
      completion_tokens: 13,
      total_tokens: PROMPT_TOKENS + 13,
      completion_tokens_details: { reasoning_tokens: 3 },
    })
    expect(whole.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: streamed.text, reasoning_content: streamed.reasoning },
    })
    expect(whole.usage).toEqual(streamed.usage)
  })

  test('without include_usage there is no usage, and a limit ends the reply with "length"', async () => {
    const client = clientOf(await mockFor({ tokens: 10 }))
    const stream = await client.chat.completions.create({
      model: 'm',
      messages: [...HELLO],
      stream: true,
      max_completion_tokens: 4,
    })
    expect(await collect(stream)).toMatchObject({ text: 'turn 1: Where is', finish: 'length', usage: undefined })
  })

  test('the history is seen: the second turn says so', async () => {
    const client = clientOf(await mockFor({ tokens: 2 }))
    const history = [...HELLO, { role: 'assistant', content: 'turn 1:' } as const, { role: 'user', content: 'And now?' } as const]
    const reply = await client.chat.completions.create({ model: 'm', messages: history })
    expect(reply.choices[0]?.message.content).toBe('turn 2:')
    expect(reply.usage?.prompt_tokens).toBe(Math.ceil((9 + 18 + 7 + 8) / 4))
  })

  test('continuous usage counts the tokens of every chunk', async () => {
    const client = clientOf(await mockFor({ tokens: 5, tokensPerChunk: 2 }))
    const options: object = { include_usage: true, continuous_usage_stats: true }
    const stream = await client.chat.completions.create({
      model: 'm',
      messages: [...HELLO],
      stream: true,
      stream_options: options,
    })
    const counts: number[] = []
    for await (const chunk of stream) if (chunk.usage) counts.push(chunk.usage.completion_tokens)
    expect(counts).toEqual([2, 4, 5, 5])
  })

  test('errors are thrown as the SDK knows them', async () => {
    const mock = await mockFor({ errorRate: 1 })
    const create = () => clientOf(mock).chat.completions.create({ model: 'm', messages: [...HELLO] })
    await expect(create()).rejects.toBeInstanceOf(InternalServerError)
    mock.update({ errorRate: 0, rateLimitRate: 1, retryAfterSeconds: 7 })
    const limited = await create().catch((error: unknown) => error)
    expect(limited).toBeInstanceOf(RateLimitError)
    expect(limited).toMatchObject({ status: 429, code: 'rate_limit_exceeded' })
    expect((limited as RateLimitError).headers.get('retry-after')).toBe('7')
    expect((limited as RateLimitError).headers.get('x-ratelimit-reset-requests')).toBe('7s')
  })

  test('an error inside the stream is thrown after half of the text', async () => {
    const client = clientOf(await mockFor({ tokens: 4, midStreamErrorRate: 1 }))
    const stream = await client.chat.completions.create({ model: 'm', messages: [...HELLO], stream: true })
    let text = ''
    const reading = (async () => {
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    })()
    await expect(reading).rejects.toBeInstanceOf(APIError)
    expect(text).toBe('turn 1:')
  })

  test('Azure sends its filter findings first, then the same reply', async () => {
    const mock = await mockFor({ tokens: 3 })
    const azure = new AzureOpenAI({ apiKey: 'k', endpoint: mock.url, apiVersion: '2024-10-21', deployment: 'd', maxRetries: 0 })
    const ask = { model: 'd', messages: [...HELLO] }
    const streamed = await collect(await azure.chat.completions.create({ ...ask, stream: true }))
    const whole = await azure.chat.completions.create(ask)
    expect(streamed).toMatchObject({ text: 'turn 1: Where', finish: 'stop', filters: 1, roles: 1 })
    expect(whole.choices[0]?.message.content).toBe('turn 1: Where')
    expect(mock.stats().byRoute).toEqual({ azure: 2 })
  })
})
