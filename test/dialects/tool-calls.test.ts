import { expect, test } from 'vitest'
import { feed, fixture, headersOf, JSON_TYPE, SSE } from './feed.ts'

const OSLO = { name: 'weather', arguments: '{"city":"Oslo"}' }

test.each([
  ['openai-chat', 'openai-chat/tools.sse'],
  ['openai-chat', 'openai-chat/custom-tool.sse'],
  ['anthropic', 'anthropic/thinking-tool.sse'],
  ['ollama', 'ollama/tools.ndjson'],
  ['openai-responses', 'openai-responses/tool.sse'],
])('%s: %s has one call, with all of the arguments', (dialect, name) => {
  const exchange = feed({ dialect, headers: headersOf(name) }, [fixture(name)])
  expect(exchange.toolCalls).toMatchObject([{ name: expect.stringMatching(/^\w+$/), arguments: exchange.toolArguments }])
  expect(exchange.toolArguments).not.toBe('')
})

const call = (name: string, text: string, more = {}) => ({ ...more, function: { name, arguments: text } })

test.each<[string, object]>([
  [
    'openai-chat',
    {
      choices: [{ message: { tool_calls: [call('weather', OSLO.arguments), call('mail', '{}')] }, finish_reason: 'tool_calls' }],
    },
  ],
  [
    'anthropic',
    {
      content: [
        { type: 'text', text: 'Well.' },
        { type: 'tool_use', name: 'weather', input: { city: 'Oslo' } },
        { type: 'tool_use', name: 'mail', input: {} },
      ],
      stop_reason: 'tool_use',
    },
  ],
  [
    'gemini',
    {
      candidates: [
        {
          content: { parts: [{ functionCall: { name: 'weather', args: { city: 'Oslo' } } }, { functionCall: { name: 'mail' } }] },
          finishReason: 'STOP',
        },
      ],
    },
  ],
  [
    'ollama',
    {
      message: {
        tool_calls: [
          { function: { name: 'weather', arguments: { city: 'Oslo' } } },
          { function: { name: 'mail', arguments: {} } },
        ],
      },
      done: true,
    },
  ],
  [
    'openai-responses',
    {
      status: 'completed',
      output: [
        { type: 'function_call', name: 'weather', arguments: OSLO.arguments },
        { type: 'function_call', name: 'mail', arguments: '{}' },
      ],
    },
  ],
])('%s: two calls in a reply that is not streamed', (dialect, reply) => {
  const exchange = feed({ dialect, headers: JSON_TYPE, streaming: false }, [JSON.stringify(reply)])
  expect(exchange.toolCalls).toMatchObject([OSLO, { name: 'mail', arguments: '{}' }])
})

test('calls of a stream are told by their index, also when their names are repeated; those of other choices do not count', () => {
  const delta = (index: number, tools: object) =>
    `data: ${JSON.stringify({ choices: [{ index, delta: { tool_calls: [tools] } }] })}\n\n`
  const exchange = feed({ dialect: 'openai-chat', headers: SSE, body: { n: 2 } }, [
    delta(0, call('weather', '{"city":', { index: 0 })),
    delta(1, call('other', '{}', { index: 0 })),
    delta(0, call('weather', '"Oslo"}', { index: 0 })),
    delta(0, call('mail', '', { index: 1 })),
    delta(0, { index: 1, function: { arguments: '{}' } }),
    'data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}\n\ndata: [DONE]\n\n',
  ])
  expect(exchange.outcome).toBe('ok')
  expect(exchange.toolCalls).toMatchObject([OSLO, { name: 'mail', arguments: '{}' }])
})
