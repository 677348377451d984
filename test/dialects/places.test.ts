/** Generated text in the less usual places of a reply. */
import { describe, expect, test } from 'vitest'
import { feed, JSON_TYPE, SSE } from './feed.ts'

const sse = (...events: (object | string)[]) =>
  events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
const GRPC = { 'content-type': 'application/grpc' }

describe('/v1/completions', () => {
  const stream = sse(
    { choices: [{ index: 0, text: 'San', finish_reason: null }] },
    { choices: [{ index: 0, text: ' Fran', finish_reason: null }] },
    { choices: [{ index: 0, text: '', finish_reason: 'length' }] },
    { choices: [], usage: { prompt_tokens: 4, completion_tokens: 3 } },
    '[DONE]',
  )
  test.each(['openai-completions', 'openai-chat'])('dialect %s reads its text', (dialect) => {
    const streamed = feed({ dialect, headers: SSE }, stream)
    expect(streamed).toMatchObject({ outcome: 'ok', text: 'San Fran', frames: 2, finishReason: 'length', firstTokenAt: 10 })
    expect(streamed.usage).toMatchObject({ inputTokens: 4, outputTokens: 3 })
    const body = {
      choices: [{ text: 'San Fran', finish_reason: 'stop' }],
      usage: { prompt_tokens: 4, completion_tokens: 3 },
    }
    expect(feed({ dialect, headers: JSON_TYPE, streaming: false }, [JSON.stringify(body)])).toMatchObject({
      outcome: 'ok',
      text: 'San Fran',
      finishReason: 'stop',
    })
  })
})

describe('messages in a stream of chat', () => {
  const delta = (content: string) => ({ choices: [{ delta: { content } }] })
  const message = (content: string) => ({ choices: [{ message: { content }, finish_reason: 'stop' }] })
  test('are the text where there are no deltas', () => {
    expect(feed({ dialect: 'openai-chat', headers: SSE }, sse(message('All of it'), '[DONE]')).text).toBe('All of it')
  })
  test('repeat the deltas where there are any', () => {
    const both = { choices: [{ delta: { content: ' it' }, message: { content: 'All of it' } }] }
    const events = sse(delta('All of'), both, message('All of it'), '[DONE]')
    expect(feed({ dialect: 'openai-chat', headers: SSE }, events).text).toBe('All of it')
  })
})

describe('what a model writes for a tool', () => {
  test.each([
    ['function', { function: { arguments: '{"a":1}' } }, '{"a":1}'],
    ['custom', { custom: { name: 'sql', input: 'SELECT 1' } }, 'SELECT 1'],
  ])('chat: %s', (type, call, tools) => {
    const events = sse({ choices: [{ delta: { tool_calls: [{ index: 0, type, ...call }] } }] }, '[DONE]')
    expect(feed({ dialect: 'openai-chat', headers: SSE }, events)).toMatchObject({
      toolArguments: tools,
      firstTokenAt: 10,
      frames: 1,
    })
  })

  test.each([
    ['function_call_arguments', 'function_call', 'arguments'],
    ['custom_tool_call_input', 'custom_tool_call', 'input'],
    ['mcp_call_arguments', 'mcp_call', 'arguments'],
    ['code_interpreter_call_code', 'code_interpreter_call', 'code'],
  ])('Responses: %s', (event, type, key) => {
    const response = { status: 'completed', output: [{ type, [key]: 'SELECT 1' }] }
    const events = sse(
      { type: `response.${event}.delta`, delta: 'SELECT' },
      { type: `response.${event}.delta`, delta: ' 1' },
      { type: `response.${event}.done`, [key]: 'SELECT 1' },
      { type: 'response.completed', response },
    )
    const streamed = feed({ dialect: 'openai-responses', headers: SSE }, events)
    expect(streamed).toMatchObject({ outcome: 'ok', toolArguments: 'SELECT 1', firstTokenAt: 10, frames: 2 })
    const whole = feed({ dialect: 'openai-responses', headers: JSON_TYPE, streaming: false }, [JSON.stringify(response)])
    expect(whole).toMatchObject({ outcome: 'ok', toolArguments: 'SELECT 1' })
  })
})

describe('a mapping with text and delta', () => {
  const mapping = { response: { text: '$.reply', delta: '$.delta' } }
  const whole = JSON.stringify({ reply: 'All of it' })
  const pieces = ['{"delta":"All "}', '{"delta":"of it"}']

  test.each([
    ['HTTP', { headers: JSON_TYPE }, [whole]],
    ['a stream of one event', { headers: SSE }, [`data: ${whole}\n\n`]],
    ['gRPC', { headers: GRPC, status: 200 }, [whole]],
    ['a socket', { status: null, done: false }, [whole]],
    ['pieces on a socket, and the whole as their end', { status: null, done: false }, [...pieces, whole]],
    ['pieces in a stream, and the whole again', { headers: SSE }, [...pieces, whole].map((data) => `data: ${data}\n\n`)],
    ['pieces of a call, and the whole again', { headers: GRPC }, [...pieces, whole]],
    ['pieces alone', { headers: SSE }, pieces.map((data) => `data: ${data}\n\n`)],
    ['one piece as a whole reply', { headers: JSON_TYPE }, ['{"delta":"All of it"}']],
  ])('%s', (_title, reply, chunks) => {
    expect(feed({ dialect: 'generic', mapping, ...reply }, chunks)).toMatchObject({ outcome: 'ok', text: 'All of it' })
  })
})

describe('tools of the providers themselves', () => {
  test('Anthropic: server tools and MCP tools of a whole reply', () => {
    const content = ['server_tool_use', 'mcp_tool_use', 'tool_use'].map((type) => ({ type, name: 'x', input: { a: 1 } }))
    const body = JSON.stringify({ content, stop_reason: 'tool_use', usage: { input_tokens: 1, output_tokens: 9 } })
    expect(feed({ dialect: 'anthropic', headers: JSON_TYPE, streaming: false }, [body]).toolArguments).toBe('{"a":1}'.repeat(3))
  })
  test('Gemini: code for its interpreter, and not what that prints', () => {
    const parts = [{ executableCode: { language: 'PYTHON', code: 'print(1)' } }, { codeExecutionResult: { output: '1' } }]
    const events = sse({ candidates: [{ content: { parts }, finishReason: 'STOP' }] })
    expect(feed({ dialect: 'gemini', headers: SSE }, events)).toMatchObject({ toolArguments: 'print(1)', text: '', frames: 1 })
  })
})

test.each([
  [5_100_000_000, ['cold_start']],
  [31_000_000, []],
  [undefined, []],
])('Ollama: a load of %s ns', (load_duration, warnings) => {
  const last = { message: { content: 'Hi' }, done: true, done_reason: 'stop', eval_count: 1, load_duration }
  expect(feed({ dialect: 'ollama', headers: JSON_TYPE }, [JSON.stringify(last)])).toMatchObject({ outcome: 'ok', warnings })
})

test('Gemini names the quota that is used up', () => {
  const violations = [{ quotaMetric: 'm', quotaId: 'GenerateRequestsPerDayPerProject' }]
  const error = {
    code: 429,
    message: 'Quota exceeded',
    status: 'RESOURCE_EXHAUSTED',
    details: [{ '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations }],
  }
  const { failure } = feed({ dialect: 'gemini', status: 429, headers: JSON_TYPE }, [JSON.stringify([{ error }])])
  expect(failure).toMatchObject({
    class: 'rate_limited',
    message: expect.stringContaining('quota: GenerateRequestsPerDayPerProject'),
  })
})
