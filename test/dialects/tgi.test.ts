/** The own API of Text Generation Inference. */
import { expect, test } from 'vitest'
import { feed, fixture, JSON_TYPE, SSE } from './feed.ts'

test('a stream ends with the event that has the whole text; special tokens are no text', () => {
  const exchange = feed({ dialect: 'tgi-generate', headers: SSE }, [fixture('tgi-generate/stream.sse')])
  const { outcome, text, frames, finishReason, usage, perplexity } = exchange
  expect([outcome, text, frames, finishReason]).toEqual(['ok', 'Hello', 2, 'eos_token'])
  expect(usage).toMatchObject({ inputTokens: 9, outputTokens: 3, raw: { input_length: 9, generated_tokens: 3 } })
  // The mean of 0.5, 0.5 and 0.25.
  expect(perplexity).toBeCloseTo(Math.exp(1.25 / 3), 12)
})

test.each([
  ['cut.sse', 'closed_early', 'generated_text'],
  ['error-mid-stream.sse', 'error_in_stream', 'CUDA out of memory'],
])('%s is failed', (name, failure, message) => {
  const { failure: found } = feed({ dialect: 'tgi-generate', headers: SSE, done: true }, [fixture(`tgi-generate/${name}`)])
  expect([found?.class, found?.message]).toEqual([failure, expect.stringContaining(message)])
})

test.each([
  ['a header has the tokens of the prompt', { ...JSON_TYPE, 'x-prompt-tokens': '7' }, 7],
  ['without it they are unknown', JSON_TYPE, null],
  ['a header that is no number', { ...JSON_TYPE, 'x-prompt-tokens': 'many' }, null],
])('of a whole reply, %s', (_, headers, inputTokens) => {
  const reply = { dialect: 'tgi-generate', streaming: false, headers, done: true }
  expect(feed(reply, [fixture('tgi-generate/document.json')]).usage).toMatchObject({ inputTokens, outputTokens: 2 })
  // An endpoint wraps the reply into a list.
  expect(feed(reply, ['[{"generated_text":"Hello"}]'])).toMatchObject({ outcome: 'ok', text: 'Hello', usage: undefined })
})
