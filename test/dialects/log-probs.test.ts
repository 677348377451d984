import { expect, test } from 'vitest'
import { feed, JSON_TYPE, SSE } from './feed.ts'

const event = (text: string, logprobs: unknown) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: text }, logprobs, finish_reason: null }] })}\n\n`
const END = 'data: {"choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
const streamed = (events: readonly string[]) => feed({ dialect: 'openai-chat', headers: SSE }, [...events, END])

test('each token of a long stream counts', () => {
  const values = Array.from({ length: 50 }, (_, n) => -n / 100)
  const exchange = streamed(
    values.map((logprob) => event(' word', { content: [{ token: ' word', logprob, top_logprobs: [] }], refusal: null })),
  )
  expect(exchange.text).toBe(' word'.repeat(50))
  expect(exchange.perplexity).toBeCloseTo(Math.exp(0.245), 10)
})

test('they may begin late, and come for some tokens only', () => {
  const exchange = streamed([
    ...Array.from({ length: 10 }, () => event('a', null)),
    event('b', { content: [{ token: 'b', logprob: -2 }] }),
    event('c', { content: [{ token: 'c' }] }),
  ])
  expect(exchange.text).toBe('aaaaaaaaaabc')
  expect(exchange.perplexity).toBeCloseTo(Math.exp(2), 10)
})

test('without any there is no perplexity', () => {
  expect(streamed([event('a', null), event('b', undefined)]).perplexity).toBeUndefined()
})

test.each([
  ['a chat', { message: { content: 'ab' }, logprobs: { content: [{ logprob: -1 }, { logprob: -3 }] } }],
  ['a completion', { text: 'ab', logprobs: { tokens: ['a', 'b'], token_logprobs: [-1, -3] } }],
  ['a completion with its prompt', { text: 'ab', logprobs: { token_logprobs: [null, -1, -3] } }],
])('%s that is not streamed', (_what, choice) => {
  const reply = { choices: [{ index: 0, finish_reason: 'stop', ...choice }] }
  const exchange = feed({ dialect: 'openai-chat', headers: JSON_TYPE, streaming: false }, [JSON.stringify(reply)])
  expect(exchange.perplexity).toBeCloseTo(Math.exp(2), 10)
})
