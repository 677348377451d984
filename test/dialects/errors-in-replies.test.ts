/** Errors inside of replies with status 200, in the shapes that servers give them. */
import { expect, test } from 'vitest'
import { feed, JSON_TYPE, NDJSON, SSE } from './feed.ts'

const sse = (...events: (object | string)[]) =>
  events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('')
const lines = (...events: object[]) => events.map((event) => `${JSON.stringify(event)}\n`).join('')

const chatText = { choices: [{ index: 0, delta: { content: 'Half' } }] }
const chatStop = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
const claude = { type: 'content_block_delta', delta: { type: 'text_delta', text: 'Half' } }
const claudeStop = [{ type: 'message_delta', delta: { stop_reason: 'end_turn' } }, { type: 'message_stop' }]
const llama = { message: { content: 'Half' } }
const llamaStop = { done: true, done_reason: 'stop' }
const geminiText = { candidates: [{ content: { parts: [{ text: 'Half' }] } }] }
const geminiStop = { candidates: [{ content: { parts: [] }, finishReason: 'STOP' }] }
const partText = { type: 'response.output_text.delta', delta: 'Half' }
const partStop = { type: 'response.completed', response: { status: 'completed' } }

/** Each with a word that the message has to hold. */
const shapes: [string, object, string][] = [
  ['error member', { error: { message: 'boom' } }, 'boom'],
  ['an object that calls itself an error', { object: 'error', message: 'boom', type: 'BadRequestError', code: 400 }, 'boom'],
  ['a type that is error', { type: 'error', message: 'boom' }, 'boom'],
  ['a type of error', { type: 'overloaded_error', message: 'boom' }, 'boom'],
  ['a state', { status: 'failed', message: 'boom' }, 'boom'],
  ['no success', { success: false, message: 'boom' }, 'boom'],
  ['a code of HTTP', { code: 503, message: 'boom' }, 'boom'],
  ['a list', { errors: [{ message: 'boom' }] }, 'boom'],
  ['MiniMax', { base_resp: { status_code: 1002, status_msg: 'boom' } }, 'boom'],
]

test.each(shapes)('%s after text and before the end marker', (_title, error, word) => {
  const failed = { outcome: 'failed', class: 'error_in_stream', text: 'Half', said: expect.stringContaining(word) }
  const typed = 'type' in error ? {} : { type: undefined }
  const all = {
    chat: feed({ dialect: 'openai-chat', headers: SSE }, [sse(chatText, error, chatStop, '[DONE]')]),
    anthropic: feed({ dialect: 'anthropic', headers: SSE }, [sse(claude, { ...error, ...typed }, ...claudeStop)]),
    gemini: feed({ dialect: 'gemini', headers: SSE }, [sse(geminiText, error, geminiStop)]),
    ollama: feed({ dialect: 'ollama', headers: NDJSON }, [lines(llama, error, llamaStop)]),
    responses: feed({ dialect: 'openai-responses', headers: SSE }, [sse(partText, error, partStop)]),
    generic: feed({ dialect: 'generic', headers: SSE }, [sse({ delta: 'Half' }, error, '[DONE]')]),
  }
  for (const [name, { outcome, failure, text }] of Object.entries(all)) {
    // A type that it does not know is nothing to Anthropic's readers, says its documentation.
    if (name === 'anthropic' && 'type' in error && error.type !== 'error') continue
    expect({ name, outcome, class: failure?.class, text, said: failure?.message }).toEqual({ name, ...failed })
  }
})

test.each(shapes)('%s as the whole reply', (_title, error, word) => {
  for (const dialect of ['openai-chat', 'openai-completions', 'anthropic', 'gemini', 'ollama', 'openai-responses', 'generic']) {
    const { outcome, failure } = feed({ dialect, headers: JSON_TYPE, streaming: false }, [JSON.stringify(error)])
    expect({ dialect, outcome, class: failure?.class, said: failure?.message }).toEqual({
      dialect,
      outcome: 'failed',
      class: 'error_in_stream',
      said: expect.stringContaining(word),
    })
  }
})

test.each(['error', 'ERROR_TOXIC', 'abort', 'network_error', 'insufficient_system_resource'])(
  'a reply that ends with finish reason %s failed',
  (reason) => {
    const choice = { index: 0, delta: { content: '!' }, finish_reason: reason }
    const all = [
      feed({ dialect: 'openai-chat', headers: SSE }, [sse(chatText, { choices: [choice] }, '[DONE]')]),
      feed({ dialect: 'openai-completions', headers: SSE }, [
        sse({ choices: [{ text: 'Half' }] }, { choices: [{ text: '!', finish_reason: reason }] }, '[DONE]'),
      ]),
      feed({ dialect: 'openai-chat', headers: JSON_TYPE }, [
        JSON.stringify({ choices: [{ message: { content: 'Half!' }, finish_reason: reason }] }),
      ]),
      feed({ dialect: 'ollama', headers: NDJSON }, [
        lines(llama, { message: { content: '!' }, done: true, done_reason: reason }),
      ]),
      feed({ dialect: 'gemini', headers: SSE }, [
        sse(geminiText, { candidates: [{ content: { parts: [{ text: '!' }] }, finishReason: reason }] }),
      ]),
    ]
    for (const { outcome, failure, text, finishReason } of all) {
      expect({ outcome, class: failure?.class, text, finishReason, said: failure?.message }).toEqual({
        outcome: 'failed',
        class: 'error_in_stream',
        text: 'Half!',
        finishReason: reason,
        said: expect.stringContaining(reason),
      })
    }
  },
)

test("OpenRouter's error of a choice is told in its words", () => {
  const choice = { index: 0, delta: { content: '' }, finish_reason: 'error', error: { code: 502, message: 'provider went away' } }
  const { failure } = feed({ dialect: 'openai-chat', headers: SSE }, [sse(chatText, { choices: [choice] }, '[DONE]')])
  expect(failure).toMatchObject({ class: 'error_in_stream', message: expect.stringContaining('provider went away') })
})

test.each([
  ['openai-chat', [chatStop, '[DONE]']],
  ['anthropic', claudeStop],
  ['gemini', [geminiStop]],
  ['openai-responses', [partStop]],
  ['generic', ['[DONE]']],
])('%s: an event named error is one, whatever its data', (dialect, end) => {
  for (const data of ['upstream timed out', '{"message":"upstream timed out"}', '']) {
    const { failure } = feed({ dialect, headers: SSE }, [`event: error\ndata: ${data}\n\n`, sse(...end)])
    expect(failure).toMatchObject({ class: 'error_in_stream', ...(data && { message: expect.stringContaining('timed out') }) })
  }
})

test.each([
  ['openai-chat', [chatText, chatStop, '[DONE]']],
  ['anthropic', [claude, ...claudeStop]],
  ['gemini', [geminiText, geminiStop]],
  ['openai-responses', [partText, partStop]],
])('%s: an event without data is a heartbeat', (dialect, events) => {
  const chunks = events.map((event) => `data:\n\ndata: \n\n${sse(event)}`)
  const { outcome, text, warnings } = feed({ dialect, headers: SSE }, chunks)
  expect({ outcome, text, warnings }).toEqual({ outcome: 'ok', text: 'Half', warnings: ['empty_event'] })
})

test('a mapping that names its errors has no others', () => {
  const response = { delta: '$.text', error: '$.problem' }
  const event = { type: 'error', status: 'failed', text: 'Half' }
  const { outcome, text } = feed({ dialect: 'generic', mapping: { response }, headers: SSE }, [sse(event)])
  expect({ outcome, text }).toEqual({ outcome: 'ok', text: 'Half' })
})

test.each<[string, object]>([
  ['queued', { status: 'processing', message: 'queued' }],
  ['all is well', { code: 0, message: 'ok', base_resp: { status_code: 0, status_msg: 'success' } }],
  ['filters', { prompt_filter_results: [] }],
  ['no error', { error: null }],
])('what is no error does not fail a reply: %s', (_title, event) => {
  const { outcome, text } = feed({ dialect: 'openai-chat', headers: SSE }, [sse(event, chatText, chatStop, '[DONE]')])
  expect({ outcome, text }).toEqual({ outcome: 'ok', text: 'Half' })
})
