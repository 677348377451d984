/** APIs whose replies hold no text: embeddings and rerank. */
import { expect, test } from 'vitest'
import { dialectNamed } from '../../src/dialects/index.ts'
import { feed, fixture, JSON_TYPE } from './feed.ts'

const read = (dialect: string, body: string | Buffer, status = 200) =>
  feed({ dialect, status, headers: JSON_TYPE, streaming: false, done: true }, [body])

test.each([
  ['openai-embeddings', fixture('openai-embeddings/document.json'), 8],
  ['openai-embeddings', '{"data":[{"embedding":"AACAPw=="}],"usage":{"total_tokens":5}}', 5],
  ['rerank', fixture('rerank/document.json'), 120],
  ['rerank', '{"results":[{"index":0,"relevance_score":0}],"usage":{"prompt_tokens":7,"total_tokens":7}}', 7],
  ['rerank', '{"results":[{"index":0,"relevance_score":1}]}', undefined],
])('%s: %s', (dialect, body, inputTokens) => {
  const { outcome, text, usage, firstTokenAt, frames, items } = read(dialect, body)
  expect([outcome, text, frames, usage?.inputTokens]).toEqual(['ok', '', 0, inputTokens])
  const { data, results } = JSON.parse(String(body))
  expect(items).toBe((data ?? results).length)
  // What there is none of is absent, not 0.
  expect(firstTokenAt).toBeNaN()
  expect(usage?.outputTokens ?? null).toBeNull()
})

test.each([
  ['openai-embeddings', '{"data":[]}', 'bad_json', 'vector in data[0].embedding'],
  ['openai-embeddings', '{"data":[{"embedding":[]}]}', 'bad_json', 'vector in data[0].embedding'],
  ['openai-embeddings', '{"choices":[{"message":{"content":"hi"}}]}', 'bad_json', 'vector in data[0].embedding'],
  ['openai-embeddings', '{"error":{"message":"overloaded","type":"server_error"}}', 'error_in_stream', 'overloaded'],
  ['openai-embeddings', 'oops', 'bad_json', 'not JSON'],
  ['rerank', '{"results":[{"index":0}]}', 'bad_json', 'relevance_score in results[0]'],
  ['rerank', '{"results":[]}', 'bad_json', 'relevance_score in results[0]'],
])('%s refuses %s', (dialect, body, failure, message) => {
  const exchange = read(dialect, body)
  expect([exchange.failure?.class, exchange.failure?.message]).toEqual([failure, expect.stringContaining(message)])
})

test.each([
  ['openai-embeddings', 'a', { input: 'a' }],
  ['openai-embeddings', ['a', 'b'], { input: ['a', 'b'] }],
  ['rerank', ['q', 'a', 'b'], { query: 'q', documents: ['a', 'b'] }],
  ['rerank', 'q', { query: 'q', documents: ['of the target'] }],
])('%s: %j', (dialect, message, expected) => {
  const parts = Array.isArray(message) ? message : undefined
  const turns = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'earlier' },
    { role: 'user', content: String(message), ...(parts ? { parts } : {}) },
  ] as const
  const body = dialect === 'rerank' && !parts ? { documents: ['of the target'] } : { extra: 1 }
  const made = dialectNamed(dialect)?.encode(turns, { model: 'm', stream: false, body }, undefined)
  expect(made).toEqual({ model: 'm', ...body, ...expected })
})
