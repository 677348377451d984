/** What each recorded reply means. */
import { describe, expect, test } from 'vitest'
import { feed, fixture, headersOf, meaning } from './feed.ts'

const GREETING = 'Grüße, 世界 🎉'
const ok = { outcome: 'ok', class: undefined }

/** input, cached, cache write, output, reasoning, visible. */
function usage(...counts: (number | null)[]) {
  const [inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens, visibleTokens] = counts
  return { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens, visibleTokens }
}

const cases: [string, Record<string, unknown>][] = [
  [
    'openai-chat/stream.sse',
    {
      ...ok,
      text: 'Grüße, 世界 🎉!',
      frames: 3,
      finishReason: 'stop',
      usage: { ...usage(12, 4, null, 5, 0, 5), source: 'usage' },
    },
  ],
  [
    'openai-chat/reasoning.sse',
    { ...ok, text: 'Four.', reasoning: 'Let me think.', frames: 4, usage: usage(9, 0, null, 30, 28, 2) },
  ],
  [
    'openai-chat/tools.sse',
    { ...ok, text: '', tools: '{"city":"Oslo"}', frames: 2, finishReason: 'tool_calls', usage: usage(50, 0, null, 17, 0, 17) },
  ],
  ['openai-chat/refusal.sse', { ...ok, text: "I can't help.", frames: 2, usage: undefined }],
  ['openai-chat/azure.sse', { ...ok, text: 'Hello there, all at once.', frames: 1, usage: usage(8, 0, null, 6, 0, 6) }],
  [
    'openai-chat/continuous-usage.sse',
    {
      ...ok,
      text: 'one two three four five six',
      frames: 3,
      firstFrameTokens: 3,
      usage: { ...usage(7, null, null, 6, null, 6), source: 'usage per frame' },
    },
  ],
  ['openai-chat/groq.sse', { ...ok, text: 'Hi', usage: { ...usage(10, null, null, 2, null, 2), source: 'usage' } }],
  [
    'openai-chat/usage-on-finish.sse',
    { ...ok, text: 'Hi you', frames: 2, finishReason: 'length', usage: { ...usage(3, 0, null, 2, 0, 2), source: 'usage' } },
  ],
  ['openai-chat/no-usage.sse', { ...ok, text: 'Hi', frames: 1, usage: undefined, warnings: [] }],
  [
    'openai-chat/reasoning-details.sse',
    { ...ok, text: 'Grüße 🎉!', reasoning: 'Größe? ', frames: 3, usage: usage(9, null, null, 52, 48, 4), warnings: [] },
  ],
  [
    'openai-chat/hidden-reasoning.sse',
    { ...ok, text: 'Grüße 🎉', reasoning: '', frames: 2, warnings: ['empty_event', 'hidden_reasoning'] },
  ],
  ['openai-chat/custom-tool.sse', { ...ok, text: '', tools: "SELECT 'ü'", frames: 2, finishReason: 'tool_calls' }],
  ['openai-chat/error-object.sse', { outcome: 'failed', class: 'error_in_stream', phase: 'stream', text: 'Half' }],
  ['openai-chat/finish-error.sse', { outcome: 'failed', class: 'error_in_stream', phase: 'stream', text: 'Half' }],
  [
    'openai-completions/stream.sse',
    {
      ...ok,
      text: 'San Fran — 旧金山',
      frames: 2,
      finishReason: 'length',
      usage: usage(4, null, null, 3, null, 3),
      warnings: [],
    },
  ],
  ['openai-completions/document.json', { ...ok, text: 'San Fran', frames: 1, finishReason: 'length' }],
  ['openai-chat/error-mid-stream.sse', { outcome: 'failed', class: 'error_in_stream', phase: 'stream', text: 'Half an' }],
  ['openai-chat/error-event.sse', { outcome: 'failed', class: 'error_in_stream', phase: 'stream', text: 'Half' }],
  [
    'openai-chat/no-done.sse',
    { outcome: 'failed', class: 'closed_early', phase: 'stream', text: 'All of it', finishReason: 'stop' },
  ],
  [
    'anthropic/stream.sse',
    { ...ok, text: GREETING, frames: 2, finishReason: 'end_turn', usage: usage(1125, 1000, 100, 15, null, 15) },
  ],
  [
    'anthropic/thinking-tool.sse',
    {
      ...ok,
      text: 'Looking.',
      reasoning: 'Which city?',
      tools: '{"city":"Oslo"}',
      frames: 4,
      finishReason: 'tool_use',
      usage: usage(40, null, null, 89, null, null),
    },
  ],
  [
    'anthropic/overloaded.sse',
    { outcome: 'failed', class: 'error_in_stream', phase: 'stream', text: 'Hel', usage: usage(25, null, null, null, null, null) },
  ],
  ['anthropic/rate-limited.sse', { outcome: 'failed', class: 'rate_limited', phase: 'first_token' }],
  [
    'anthropic/cut.sse',
    { outcome: 'failed', class: 'closed_early', phase: 'stream', text: 'Hel', usage: usage(25, null, null, null, null, null) },
  ],
  [
    'ollama/stream.ndjson',
    { ...ok, text: GREETING, reasoning: 'Hm', frames: 3, finishReason: 'stop', usage: usage(26, null, null, 7, null, null) },
  ],
  ['ollama/tools.ndjson', { ...ok, tools: '{"city":"Oslo"}', frames: 1, usage: usage(null, null, null, 7, null, 7) }],
  ['ollama/error-mid-stream.ndjson', { outcome: 'failed', class: 'error_in_stream', phase: 'stream', text: 'Hal' }],
  ['ollama/cut.ndjson', { outcome: 'failed', class: 'closed_early', text: 'Hal' }],
  ['ollama/generate.ndjson', { ...ok, text: 'Hello', frames: 2, usage: usage(26, null, null, 7, null, 7) }],
  [
    'openai-responses/stream.sse',
    {
      ...ok,
      text: GREETING,
      reasoning: 'Thinking.',
      frames: 3,
      finishReason: 'completed',
      usage: usage(36, 6, null, 87, 64, 23),
    },
  ],
  [
    'openai-responses/incomplete.sse',
    { ...ok, text: GREETING, finishReason: 'max_output_tokens', usage: usage(36, 6, null, 87, 64, 23) },
  ],
  ['openai-responses/failed.sse', { outcome: 'failed', class: 'error_in_stream', text: 'Grüße' }],
  ['openai-responses/error.sse', { outcome: 'failed', class: 'rate_limited', phase: 'first_token' }],
  ['openai-responses/tool.sse', { ...ok, text: 'No.', tools: '{"a":1}', frames: 3 }],
  ['openai-responses/cut.sse', { outcome: 'failed', class: 'closed_early', text: GREETING }],
  [
    'gemini/stream.sse',
    {
      ...ok,
      text: GREETING,
      reasoning: 'Considering.',
      frames: 3,
      firstFrameTokens: 5,
      finishReason: 'STOP',
      usage: { ...usage(8, 2, null, 12, 5, 7), source: 'usage per frame' },
    },
  ],
  [
    'gemini/stream-array.json',
    { ...ok, text: GREETING, reasoning: 'Considering.', frames: 3, firstFrameTokens: 5, usage: usage(8, 2, null, 12, 5, 7) },
  ],
  ['gemini/cut.sse', { outcome: 'failed', class: 'closed_early', text: 'Grüße, 世' }],
  ['gemini/blocked.sse', { outcome: 'failed', class: 'blocked', phase: 'first_token' }],
  ['gemini/error-mid-stream.sse', { outcome: 'failed', class: 'rate_limited', reasoning: 'Considering.' }],
]

test.each(cases)('stream %s', (name, expected) => {
  const exchange = feed({ dialect: name.split('/')[0]!, headers: headersOf(name) }, [fixture(name)])
  expect(meaning(exchange)).toMatchObject(expected)
})

const documents: [string, Record<string, unknown>][] = [
  ['openai-chat', { text: 'Grüße, 世界!', frames: 1, finishReason: 'stop', usage: usage(12, 0, null, 5, 0, 5) }],
  [
    'anthropic',
    {
      text: 'Hello',
      reasoning: 'hm',
      tools: '{"city":"Oslo"}',
      frames: 3,
      finishReason: 'tool_use',
      usage: usage(10, null, null, 20, 8, 12),
    },
  ],
  ['tgi-generate', { text: 'Hello', frames: 1, finishReason: 'length', usage: usage(null, null, null, 2, null, 2) }],
  ['ollama', { text: 'Hello', frames: 1, finishReason: 'stop', usage: usage(26, null, null, 7, null, 7) }],
  ['openai-responses', { text: GREETING, reasoning: 'Thinking.', frames: 2, usage: usage(36, 6, null, 87, 64, 23) }],
  ['gemini', { text: 'Hello', tools: '{"city":"Oslo"}', finishReason: 'STOP', usage: usage(8, 0, null, 3, null, 3) }],
]

test.each(documents)('document of %s, asked for or sent instead of a stream', (dialect, expected) => {
  for (const streaming of [false, true]) {
    const reply = { dialect, streaming, headers: headersOf('document.json') }
    expect(meaning(feed(reply, [fixture(`${dialect}/document.json`)]))).toMatchObject({ ...ok, ...expected })
  }
})

test.each(['openai-chat', 'anthropic', 'ollama', 'openai-responses', 'gemini', 'tgi-generate', 'generic'])(
  'a document of %s with an error in it is failed',
  (dialect) => {
    const exchange = feed({ dialect, streaming: false, headers: headersOf('x.json') }, [
      '{"error":{"message":"boom","type":"server_error"}}',
    ])
    expect(meaning(exchange)).toMatchObject({ outcome: 'failed', class: 'error_in_stream' })
    expect(exchange.failure?.message).toContain('boom')
  },
)

test.each(['openai-chat', 'anthropic', 'ollama', 'openai-responses', 'gemini', 'tgi-generate'])(
  'JSON that is no reply of %s is failed',
  (dialect) => {
    for (const body of ['{}', '[]', '3', 'null', '{"status":"ok"}']) {
      expect(meaning(feed({ dialect, streaming: false, headers: headersOf('x.json') }, [body]))).toMatchObject({
        outcome: 'failed',
        class: 'bad_json',
      })
    }
  },
)

describe('stamps', () => {
  test('role-only chunk, pings and the usage chunk are no tokens; reasoning is a token but not output', () => {
    const chunks = fixture('openai-chat/reasoning.sse')
      .toString()
      .split(/(?<=\n\n)/)
    const exchange = feed({ dialect: 'openai-chat', headers: headersOf('x.sse') }, chunks)
    // role 10, reasoning 20 and 30, text 40 and 50, finish 60, usage 70, [DONE] 80
    expect([exchange.firstTokenAt, exchange.firstOutputAt, exchange.lastTokenAt, exchange.endedAt]).toEqual([20, 40, 50, 80])
    expect(exchange.gapsMs).toEqual([10, 10, 10])
  })

  test('an event is stamped with the delivery that completes it, and events of one delivery share it', () => {
    const text = fixture('openai-chat/stream.sse').toString()
    const second = text.indexOf('世')
    const exchange = feed({ dialect: 'openai-chat', headers: headersOf('x.sse') }, [text.slice(0, second), text.slice(second)])
    expect([exchange.firstTokenAt, exchange.lastTokenAt, exchange.endedAt]).toEqual([10, 20, 20])
    expect(exchange.gapsMs).toEqual([10, 0])
  })

  test('a lone CR that ends an event does not hold it back', () => {
    const chunks = fixture('openai-chat/stream.sse')
      .toString()
      .replaceAll('\n', '\r')
      .split(/(?<=\r\r)/)
    const exchange = feed({ dialect: 'openai-chat', headers: headersOf('x.sse') }, chunks)
    expect([exchange.firstTokenAt, exchange.lastTokenAt, exchange.endedAt]).toEqual([20, 40, 70])
  })

  test('elements of an array are delivered as they complete', () => {
    const chunks = fixture('gemini/stream-array.json')
      .toString()
      .split(/(?<=,\r\n)/)
    const exchange = feed({ dialect: 'gemini', headers: headersOf('x.json') }, chunks)
    expect([exchange.firstTokenAt, exchange.firstOutputAt, exchange.lastTokenAt]).toEqual([10, 20, 30])
  })
})
