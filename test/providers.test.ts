/** What burn reads from each provider's API is what the official SDK of that provider reads from it. */
import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import { Ollama } from 'ollama'
import OpenAI, { AzureOpenAI } from 'openai'
import { describe, expect, test } from 'vitest'
import type { Mock } from '../src/mock/server.ts'
import { mockFor } from './mock/harness.ts'
import { runScenario } from './support/run.ts'

/** What there is to agree on. Output counts hold reasoning, as burn counts. */
interface Read {
  readonly text: string
  readonly inputTokens: number | null | undefined
  readonly outputTokens: number | null | undefined
  readonly finishReason: string | null | undefined
}

interface Provider {
  readonly preset: string
  /** Path of the API, by whether the reply is streamed. */
  readonly path: (stream: boolean) => string
  /** Name of the mock's route that both must have used. */
  readonly route: string
  readonly ask: (mock: Mock, stream: boolean, limit: number) => Promise<Read>
  /** How the provider says that the reply is complete, and that it was cut at the limit. */
  readonly reasons: readonly [complete: string, limited: string]
}

const MESSAGE = 'Where is my order?'
const MESSAGES = [{ role: 'user', content: MESSAGE } as const]
/** `turn 1:`, the message, and four words of the mock's own. */
const TOKENS = 10
/** 18 characters, by four. */
const PROMPT_TOKENS = 5

const openaiAt = (mock: Mock): OpenAI => new OpenAI({ apiKey: 'k', baseURL: `${mock.url}/v1`, maxRetries: 0 })

const azureAt = (mock: Mock): AzureOpenAI =>
  new AzureOpenAI({ apiKey: 'k', endpoint: mock.url, apiVersion: '2024-10-21', deployment: 'm', maxRetries: 0 })

function readUsage(usage: OpenAI.CompletionUsage | null | undefined) {
  return { inputTokens: usage?.prompt_tokens, outputTokens: usage?.completion_tokens }
}

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of stream) items.push(item)
  return items
}

async function askChat(client: OpenAI, stream: boolean, limit: number): Promise<Read> {
  const ask = { model: 'm', messages: MESSAGES, max_completion_tokens: limit }
  if (!stream) {
    const { choices, usage } = await client.chat.completions.create(ask)
    return { text: choices[0]?.message.content ?? '', finishReason: choices[0]?.finish_reason, ...readUsage(usage) }
  }
  let text = ''
  let finishReason: string | undefined
  let usage: OpenAI.CompletionUsage | null | undefined
  const options = { stream: true, stream_options: { include_usage: true } } as const
  for await (const chunk of await client.chat.completions.create({ ...ask, ...options })) {
    text += chunk.choices[0]?.delta.content ?? ''
    finishReason ??= chunk.choices[0]?.finish_reason ?? undefined
    usage = chunk.usage
  }
  return { text, finishReason, ...readUsage(usage) }
}

async function askCompletions(mock: Mock, stream: boolean, limit: number): Promise<Read> {
  const ask = { model: 'm', prompt: MESSAGE, max_tokens: limit }
  const client = openaiAt(mock).completions
  const options = { stream: true, stream_options: { include_usage: true } } as const
  const replies = stream ? await all(await client.create({ ...ask, ...options })) : [await client.create(ask)]
  return {
    text: replies.map(({ choices }) => choices[0]?.text ?? '').join(''),
    finishReason: replies.flatMap(({ choices }) => choices[0]?.finish_reason ?? [])[0],
    ...readUsage(replies.at(-1)?.usage),
  }
}

async function askResponses(mock: Mock, stream: boolean, limit: number): Promise<Read> {
  const ask = { model: 'm', input: MESSAGE, max_output_tokens: limit }
  const { responses } = openaiAt(mock)
  const reply = stream ? await responses.stream(ask).finalResponse() : await responses.create(ask)
  return {
    text: reply.output_text,
    inputTokens: reply.usage?.input_tokens,
    outputTokens: reply.usage?.output_tokens,
    finishReason: reply.incomplete_details?.reason ?? reply.status,
  }
}

async function askAnthropic(mock: Mock, stream: boolean, limit: number): Promise<Read> {
  const { messages } = new Anthropic({ apiKey: 'k', baseURL: mock.url, maxRetries: 0 })
  const ask = { model: 'm', max_tokens: limit, messages: MESSAGES }
  const reply = stream ? await messages.stream(ask).finalMessage() : await messages.create(ask)
  return {
    text: reply.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    inputTokens: reply.usage.input_tokens,
    outputTokens: reply.usage.output_tokens,
    finishReason: reply.stop_reason,
  }
}

async function askGemini(mock: Mock, stream: boolean, limit: number): Promise<Read> {
  const { models } = new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: mock.url, retryOptions: { attempts: 1 } } })
  const ask = { model: 'm', contents: MESSAGE, config: { maxOutputTokens: limit } }
  const replies = stream ? await all(await models.generateContentStream(ask)) : [await models.generateContent(ask)]
  const last = replies.at(-1)
  return {
    text: replies.map((reply) => reply.text ?? '').join(''),
    inputTokens: last?.usageMetadata?.promptTokenCount,
    // The API counts thoughts apart, and leaves the field out when there are none.
    outputTokens: (last?.usageMetadata?.candidatesTokenCount ?? 0) + (last?.usageMetadata?.thoughtsTokenCount ?? 0),
    finishReason: last?.candidates?.[0]?.finishReason,
  }
}

async function askOllama(mock: Mock, stream: boolean, limit: number): Promise<Read> {
  const client = new Ollama({ host: mock.url })
  const ask = { model: 'm', messages: [...MESSAGES], options: { num_predict: limit } }
  const replies = stream ? await all(await client.chat({ ...ask, stream: true })) : [await client.chat({ ...ask, stream: false })]
  const last = replies.at(-1)
  return {
    text: replies.map((reply) => reply.message.content).join(''),
    inputTokens: last?.prompt_eval_count,
    outputTokens: last?.eval_count,
    finishReason: last?.done_reason,
  }
}

async function askOllamaGenerate(mock: Mock, stream: boolean, limit: number): Promise<Read> {
  const client = new Ollama({ host: mock.url })
  const ask = { model: 'm', prompt: MESSAGE, options: { num_predict: limit } }
  const replies = stream
    ? await all(await client.generate({ ...ask, stream: true }))
    : [await client.generate({ ...ask, stream: false })]
  const last = replies.at(-1)
  return {
    text: replies.map((reply) => reply.response).join(''),
    inputTokens: last?.prompt_eval_count,
    outputTokens: last?.eval_count,
    finishReason: last?.done_reason,
  }
}

const providers: Provider[] = [
  {
    preset: 'openai-chat',
    path: () => '/v1/chat/completions',
    route: 'openai-chat',
    ask: (mock, stream, limit) => askChat(openaiAt(mock), stream, limit),
    reasons: ['stop', 'length'],
  },
  {
    preset: 'openai-completions',
    path: () => '/v1/completions',
    route: 'openai-completions',
    ask: askCompletions,
    reasons: ['stop', 'length'],
  },
  {
    preset: 'azure-openai',
    path: () => '/openai/deployments/m/chat/completions?api-version=2024-10-21',
    route: 'azure',
    ask: (mock, stream, limit) => askChat(azureAt(mock), stream, limit),
    reasons: ['stop', 'length'],
  },
  {
    preset: 'openai-responses',
    path: () => '/v1/responses',
    route: 'openai-responses',
    ask: askResponses,
    reasons: ['completed', 'max_output_tokens'],
  },
  {
    preset: 'anthropic-messages',
    path: () => '/v1/messages',
    route: 'anthropic',
    ask: askAnthropic,
    reasons: ['end_turn', 'max_tokens'],
  },
  {
    preset: 'google-gemini',
    path: (stream) => `/v1beta/models/m:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    route: 'gemini',
    ask: askGemini,
    reasons: ['STOP', 'MAX_TOKENS'],
  },
  { preset: 'ollama', path: () => '/api/chat', route: 'ollama', ask: askOllama, reasons: ['stop', 'length'] },
  {
    preset: 'ollama-generate',
    path: () => '/api/generate',
    route: 'ollama-generate',
    ask: askOllamaGenerate,
    reasons: ['stop', 'length'],
  },
]

/** One request of burn's, with the preset as it is but for the address. */
async function burn({ preset, path }: Provider, mock: Mock, stream: boolean, limit: number): Promise<Read> {
  const { attempts } = await runScenario({
    name: 'provider',
    target: { preset, url: mock.url + path(stream), model: 'm', stream, maxTokens: limit, auth: { type: 'none' } },
    load: [{ users: 1, iterations: 1 }],
    steps: [{ message: MESSAGE }],
  })
  expect(attempts.map(({ exchange }) => exchange.failure ?? exchange.outcome)).toEqual(['ok'])
  const { text, usage, finishReason, frames } = attempts[0]!.exchange
  const reasoned = attempts[0]!.exchange.reasoning !== ''
  // Streamed: a frame for every token that is shown. Whole: one for the text, and one for the reasoning before it.
  const seen = reasoned ? usage?.outputTokens : (usage?.visibleTokens ?? usage?.outputTokens)
  expect(frames).toBe(stream ? seen : reasoned ? 2 : 1)
  return { text, inputTokens: usage?.inputTokens, outputTokens: usage?.outputTokens, finishReason }
}

const variants = [true, false].flatMap((stream) =>
  [0, 3].flatMap((reasoning) => [false, true].map((limited) => ({ stream, reasoning, limited }))),
)

describe.each(providers)('$preset', (provider) => {
  test.each(variants)('stream: $stream, reasoning tokens: $reasoning, cut at the limit: $limited', async (variant) => {
    const { stream, reasoning, limited } = variant
    const mock = await mockFor({ tokens: TOKENS, reasoningTokens: reasoning })
    const limit = limited ? reasoning + 2 : 100
    const theirs = await provider.ask(mock, stream, limit)
    mock.reset()
    const ours = await burn(provider, mock, stream, limit)
    expect(ours).toEqual(theirs)
    expect(ours.text).toMatch(limited ? /^turn 1:$/ : /^turn 1: Where is my order\?( word\d+){4}$/)
    expect(ours).toMatchObject({
      inputTokens: PROMPT_TOKENS,
      outputTokens: limited ? limit : TOKENS + reasoning,
      finishReason: provider.reasons[limited ? 1 : 0],
    })
    expect(mock.stats().byRoute).toEqual({ [provider.route]: 1 })
  })
})
