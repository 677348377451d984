import type Anthropic from '@anthropic-ai/sdk'
import { expect, test } from 'vitest'
import { dialectNamed } from '../../src/dialects/index.ts'
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

const event = (type: string, rest: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`
const THOUGHTS = [
  { type: 'thinking', thinking: 'Rain or shine?', signature: 'c2lnbmF0dXJl' },
  { type: 'redacted_thinking', data: 'c2VhbGVk' },
]

/** Two calls, the first behind two blocks of thoughts and a text, the second behind one block. */
const THINKING: Anthropic.ContentBlockParam[] = [
  ...(THOUGHTS as [Anthropic.ThinkingBlockParam, Anthropic.RedactedThinkingBlockParam]),
  { type: 'text', text: 'Well.' },
  { type: 'tool_use', id: 'a', name: 'weather', input: { city: 'Oslo' } },
  { type: 'thinking', thinking: 'And now?', signature: 'bW9yZQ==' },
  { type: 'tool_use', id: 'b', name: 'mail', input: {} },
]

function streamed(block: Anthropic.ContentBlockParam, index: number): string {
  const at = (more: object) => event('content_block_delta', { index, delta: more })
  const start = (content_block: object) => event('content_block_start', { index, content_block })
  if (block.type === 'thinking')
    return [
      start({ ...block, thinking: '', signature: '' }),
      at({ type: 'thinking_delta', thinking: block.thinking.slice(0, 3) }),
      at({ type: 'thinking_delta', thinking: block.thinking.slice(3) }),
      at({ type: 'signature_delta', signature: block.signature }),
    ].join('')
  if (block.type === 'text') return start({ ...block, text: '' }) + at({ type: 'text_delta', text: block.text })
  if (block.type !== 'tool_use') return start(block)
  return start({ ...block, input: {} }) + at({ type: 'input_json_delta', partial_json: JSON.stringify(block.input) })
}

test.each([
  ['whole', [JSON.stringify({ content: THINKING, stop_reason: 'tool_use' })], JSON_TYPE],
  ['streamed', [THINKING.map(streamed).join('') + event('message_stop', {})], SSE],
])('the thoughts of Anthropic go back as they came with the calls: %s', (_, pieces, headers) => {
  const { toolCalls, text } = feed({ dialect: 'anthropic', headers, done: true }, pieces)
  const turns = [
    { role: 'user', content: 'Rain?' },
    { role: 'assistant', content: text, calls: toolCalls },
    { role: 'user', content: '', results: toolCalls.map((call) => ({ call, text: 'no' })) },
  ] as const
  const body = dialectNamed('anthropic')?.encode(turns, { stream: true }, undefined) as Anthropic.MessageCreateParams
  expect(body.messages[1]).toEqual({ role: 'assistant', content: THINKING })
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
