import { describe, expect, test } from 'vitest'
import { dialectNamed } from '../../../src/dialects/index.ts'
import { conversationIdOf } from '../../../src/dialects/parts/conversation-id.ts'
import { createReader } from '../../../src/dialects/reply/reader.ts'
import { Exchange } from '../../../src/exchange.ts'
import { feed, fixture, JSON_TYPE, meaning, SSE } from '../feed.ts'

describe('whole replies', () => {
  const rows: [string, unknown, string, Record<string, unknown>][] = [
    ['reply', undefined, '{"reply":"a","text":"b"}', { outcome: 'ok', text: 'a', warnings: [] }],
    ['response', undefined, '{"response":"a"}', { text: 'a' }],
    ['message as an object', undefined, '{"message":{"role":"assistant","content":"a"}}', { text: 'a' }],
    [
      'output, and usage in any spelling',
      undefined,
      '{"output":"a","usage":{"input_tokens":3,"output_tokens":4}}',
      { text: 'a', usage: { inputTokens: 3, outputTokens: 4 } },
    ],
    ['no known key', undefined, '{"x":1}', { outcome: 'ok', text: '{"x":1}', warnings: ['text_not_found'] }],
    ['a mapped path', { text: '$.d[0].t' }, '{"d":[{"t":"a"}]}', { outcome: 'ok', text: 'a' }],
    [
      'the first match of a path',
      { text: '$.d[*].t', usage: { output: '$.m[*].n' } },
      '{"d":[{"id":1},{"t":"a"},{"t":"b"}],"m":{"x":{},"y":{"n":4}}}',
      { outcome: 'ok', text: 'a', usage: { outputTokens: 4 } },
    ],
    [
      'text and tool calls',
      { text: 't', toolCalls: '$.calls' },
      '{"t":"a","calls":[{"name":"f","arguments":{"x":1}}]}',
      { outcome: 'ok', text: 'a', tools: '[{"name":"f","arguments":{"x":1}}]', frames: 2, warnings: [] },
    ],
    [
      'tool calls alone, at a mapped path',
      { text: 't', toolCalls: '$.calls[*].arguments' },
      '{"t":null,"calls":[{"arguments":"{\\"x\\":1}"}]}',
      { outcome: 'ok', text: '', tools: '{"x":1}', frames: 1, warnings: [] },
    ],
    [
      'tool calls alone, text by guess',
      { toolCalls: 'calls' },
      '{"calls":[{"name":"f"}]}',
      { outcome: 'ok', text: '', tools: '[{"name":"f"}]', warnings: [] },
    ],
    [
      'an empty list of tool calls',
      { text: 't', toolCalls: 'calls' },
      '{"t":"a","calls":[]}',
      { outcome: 'ok', text: 'a', tools: '', frames: 1 },
    ],
    [
      'an empty list of tool calls and no text',
      { text: 't', toolCalls: 'calls' },
      '{"calls":[]}',
      { outcome: 'failed', class: 'extract' },
    ],
    ['an empty text', { text: 't' }, '{"t":""}', { outcome: 'ok', text: '', frames: 0 }],
    ['a mapped path that is missing', { text: '$.d' }, '{"e":1}', { outcome: 'failed', class: 'extract' }],
    ['a mapped error', { text: 't', error: '$.err' }, '{"t":"a","err":"boom"}', { outcome: 'failed', class: 'error_in_stream' }],
    ['error: null', undefined, '{"reply":"a","error":null}', { outcome: 'ok' }],
    [
      'reasoning, finish and usage',
      {
        text: 't',
        reasoning: 'r',
        finish: 'f',
        usage: { input: 'u[0]', output: 'u[1]', reasoning: 'u[2]', cachedInput: 'u[3]' },
      },
      '{"t":"a","r":"hm","f":"stop","u":[9,8,3,1]}',
      {
        text: 'a',
        reasoning: 'hm',
        finishReason: 'stop',
        usage: { inputTokens: 9, cachedInputTokens: 1, outputTokens: 8, reasoningTokens: 3, visibleTokens: 5 },
      },
    ],
    [
      'markdown',
      { text: 't', transform: 'markdown' },
      '{"t":"# Hi\\n**bold** [link](http://x) `code`"}',
      { text: 'Hi\nbold link code' },
    ],
  ]
  test.each(rows)('%s', (_title, response, body, expected) => {
    const mapping = response === undefined ? undefined : { response }
    expect(meaning(feed({ dialect: 'generic', mapping, streaming: false, headers: JSON_TYPE }, [body]))).toMatchObject(expected)
  })

  test('plain text is the reply, a page is not, unless the mapping says html', () => {
    const text = (type: string, body: string, mapping?: unknown) =>
      meaning(feed({ dialect: 'generic', mapping, streaming: false, headers: { 'content-type': type } }, [body]))
    expect(text('text/plain', 'pong')).toMatchObject({ outcome: 'ok', text: 'pong' })
    expect(text('text/html', '<p>pong</p>')).toMatchObject({ outcome: 'failed', class: 'bad_json' })
    expect(text('text/html', '<p>pong</p>', { response: { transform: 'html' } })).toMatchObject({ outcome: 'ok', text: 'pong' })
    expect(text('text/plain', 'pong', { response: { text: 't' } })).toMatchObject({ outcome: 'failed', class: 'bad_json' })
  })

  test('the conversation id is kept', () => {
    const mapping = { response: { text: 't', conversationId: '$.id' } }
    expect(
      conversationIdOf(feed({ dialect: 'generic', mapping, streaming: false, headers: JSON_TYPE }, ['{"t":"a","id":7}'])),
    ).toBe('7')
  })
})

describe('streams', () => {
  const run = (body: string, response?: unknown) =>
    meaning(feed({ dialect: 'generic', mapping: response && { response }, headers: SSE }, [body]))
  const end = { delta: '$.delta.t' }

  test('mapped, with a named end event', () => {
    const response = { ...end, finish: '$.stop', usage: { input: '$.usage.in', output: '$.usage.out' }, end: { event: 'end' } }
    expect(run(fixture('generic/stream.sse').toString(), response)).toMatchObject({
      outcome: 'ok',
      text: 'Grüße, 世界 🎉',
      frames: 3,
      finishReason: 'end',
      usage: { inputTokens: 3, outputTokens: 9 },
    })
  })

  test('fragments of tool calls are units of their own', () => {
    const response = { ...end, toolCalls: '$.calls[*].function.arguments' }
    const body = [
      '{"delta":{"t":"Hm"}}',
      '{"calls":[{"function":{"name":"f","arguments":""}}]}',
      '{"calls":[{"function":{"arguments":"{\\"x\\""}}]}',
      '{"delta":{"t":"."},"calls":[{"function":{"arguments":":1}"}}]}',
    ].map((data) => `data: ${data}\n\n`)
    const exchange = feed({ dialect: 'generic', mapping: { response }, headers: SSE }, [...body, 'data: [DONE]\n\n'])
    expect(meaning(exchange)).toMatchObject({ outcome: 'ok', text: 'Hm.', tools: '{"x":1}', frames: 4, warnings: [] })
    expect([exchange.firstTokenAt, exchange.lastTokenAt]).toEqual([10, 40])
  })

  test('a stream of nothing but tool calls has a first token', () => {
    const response = { ...end, toolCalls: 'call' }
    const exchange = feed({ dialect: 'generic', mapping: { response }, headers: SSE }, [
      'data: {"call":null}\n\n',
      'data: {"call":{"f":1}}\n\n',
      'data: [DONE]\n\n',
    ])
    expect(meaning(exchange)).toMatchObject({ outcome: 'ok', text: '', tools: '{"f":1}', frames: 1 })
    expect([exchange.firstTokenAt, exchange.firstOutputAt]).toEqual([20, 20])
  })

  test.each([
    ['end event', { event: 'end' }, 'event: end\ndata: {}\n\n'],
    ['end data', { data: 'EOF' }, 'data: EOF\n\n'],
    ['end data without its empty line', { data: 'EOF' }, 'data: EOF'],
    ['end path', { path: '$.fin' }, 'data: {"fin":true}\n\n'],
    ['end path with a value', { path: '$.state', equals: 'done' }, 'data: {"state":"done"}\n\n'],
  ])('%s; without it the stream is cut off', (_title, marker, tail) => {
    const body = 'data: {"delta":{"t":"a"}}\n\n'
    expect(run(body + tail, { ...end, end: marker })).toMatchObject({ outcome: 'ok', text: 'a' })
    expect(run(body, { ...end, end: marker })).toMatchObject({ outcome: 'failed', class: 'closed_early', text: 'a' })
    expect(run(`${body}data: {"state":"open","fin":false}\n\n`, { ...end, end: marker })).toMatchObject({
      outcome: 'failed',
      class: 'closed_early',
    })
  })

  test.each([
    ['bare words and [DONE]', 'data: one\n\ndata:  two\n\ndata: [DONE]\n\n', 'one two', []],
    ['delta and done', 'data: {"delta":"a"}\n\ndata: {"delta":"b","done":true}\n\n', 'ab', []],
    ['token', 'data: {"token":"a"}\n\ndata: {"finished":true}\n\n', 'a', []],
    ['no marker', 'data: {"text":"a"}\n\n', 'a', ['unverified_end']],
  ])('unmapped: %s', (_title, body, text, warnings) => {
    expect(run(body)).toMatchObject({ outcome: 'ok', text, warnings })
  })

  test('an event that is not JSON fails when the mapping expects structure', () => {
    expect(run('data: hello\n\n', end)).toMatchObject({ outcome: 'failed', class: 'bad_json' })
    expect(run('event: error\ndata: boom\n\n')).toMatchObject({ outcome: 'failed', class: 'error_in_stream' })
  })
})

describe('messages of a socket', () => {
  const run = (messages: string[], response?: unknown) =>
    meaning(feed({ dialect: 'generic', mapping: response && { response }, status: null, done: false }, messages))
  test.each([
    ['one message is the reply', ['{"response":"a"}'], undefined, { outcome: 'ok', text: 'a' }],
    ['plain text too', ['pong'], undefined, { outcome: 'ok', text: 'pong' }],
    [
      'what lacks the mapped text is not the reply yet',
      ['{"typing":true}', '{"data":{"content":"a"}}'],
      { text: 'data.content' },
      { outcome: 'ok', text: 'a', frames: 1 },
    ],
    ['only such messages: still waiting', ['{"typing":true}'], { text: 'data.content' }, { outcome: undefined }],
    [
      'tool calls are the reply',
      ['{"typing":true,"calls":[]}', '{"calls":[{"f":1}]}'],
      { text: 'data.content', toolCalls: 'calls' },
      { outcome: 'ok', tools: '[{"f":1}]', frames: 1 },
    ],
    ['an error among them', ['{"error":"no"}'], { text: 'data.content' }, { outcome: 'failed', class: 'error_in_stream' }],
    [
      'pieces up to the end marker',
      ['{"d":"a"}', '{"d":"b"}', '{"over":1}'],
      { delta: 'd', end: { path: 'over', equals: 1 } },
      { outcome: 'ok', text: 'ab', frames: 2 },
    ],
  ])('%s', (_title, messages, response, expected) => {
    expect(run(messages, response)).toMatchObject(expected)
  })
})

describe('messages that only a status ends, as in a server stream of gRPC', () => {
  const streamed = (mapping: unknown, messages: readonly string[], done: boolean) => {
    const reader = createReader(dialectNamed('generic') ?? expect.fail(), mapping, true, undefined, undefined)
    const exchange = new Exchange(0, reader, () => {})
    exchange.sent(1)
    exchange.headersFirst({ 'content-type': 'application/grpc' }, true)
    for (const [i, message] of messages.entries()) exchange.data(Buffer.from(message), 10 * i)
    if (done) exchange.done()
    return exchange
  }

  test.each<[string, unknown, readonly string[], string]>([
    ['by guess', undefined, ['{"text":"a"}', '{"text":"b"}'], 'ab'],
    ['by a path', { response: { text: '$.t' } }, ['{"t":"a"}', '{"t":"b"}'], 'ab'],
  ])('%s, all of them are the reply', (_, mapping, messages, text) => {
    expect(streamed(mapping, messages, false).outcome).toBeUndefined()
    const whole = streamed(mapping, messages, true)
    expect([whole.outcome, whole.text, whole.frames]).toEqual(['ok', text, 2])
  })

  test('an end mark is not the end: the status is', () => {
    const mapping = { response: { delta: '$.t', end: { path: '$.last' } } }
    const messages = ['{"t":"a"}', '{"t":"b","last":true}']
    expect(streamed(mapping, messages, false).outcome).toBeUndefined()
    expect(streamed(mapping, messages, true)).toMatchObject({ outcome: 'ok', text: 'ab' })
    expect(streamed(mapping, messages.slice(0, 1), true).failure?.class).toBe('closed_early')
    const failed = streamed(mapping, messages, false)
    failed.fail('grpc_INTERNAL', 'stream', 'broken')
    expect(failed.outcome).toBe('failed')
  })
})
