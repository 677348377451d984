/** Cohere Chat, version 2, in the shape of its documentation. */
import { expect, test } from 'vitest'
import { dialectNamed } from '../../src/dialects/index.ts'
import { feed, fixture, headersOf, JSON_TYPE, SSE } from './feed.ts'

const read = (name: string) => feed({ dialect: 'cohere', headers: headersOf(name) }, [fixture(`cohere/${name}`)])

test('a stream: its text, the tokens of the model rather than those that are billed, and its end', () => {
  const exchange = read('stream.sse')
  expect([exchange.outcome, exchange.text, exchange.finishReason]).toEqual(['ok', 'Grüße, 世界 🎉', 'COMPLETE'])
  expect(exchange.usage).toMatchObject({ inputTokens: 70, outputTokens: 6 })
})

test('tools: the plan is reasoning, the calls come in pieces', () => {
  const exchange = read('tools.sse')
  expect(exchange.reasoning).toBe('I will look it up.')
  expect(exchange.toolCalls).toEqual([
    { name: 'weather', arguments: '{"city":"Oslo"}', id: 'weather_1' },
    { name: 'mail', arguments: '{}', id: 'mail_1' },
  ])
  expect([exchange.outcome, exchange.finishReason]).toEqual(['ok', 'TOOL_CALL'])
})

test('a whole reply', () => {
  const exchange = read('document.json')
  expect([exchange.outcome, exchange.text, exchange.reasoning]).toEqual(['ok', 'Grüße', 'Hm.'])
  expect(exchange.usage).toMatchObject({ inputTokens: 71, outputTokens: 9 })
})

test.each([
  [
    'an error at the end',
    fixture('cohere/error.sse').toString(),
    'error_in_stream',
    'the reply holds an error: internal server error',
  ],
  [
    'no end',
    fixture('cohere/stream.sse').toString().split('event: message-end')[0] ?? '',
    'closed_early',
    'the stream ended without message-end',
  ],
])('%s', (_, stream, failure, message) => {
  const exchange = feed({ dialect: 'cohere', headers: SSE }, [stream])
  expect([exchange.failure?.class, exchange.failure?.message]).toEqual([failure, message])
})

test('an error with a status of its own', () => {
  const exchange = feed({ dialect: 'cohere', status: 429, headers: JSON_TYPE }, ['{"id":"1","message":"trial key limit"}'])
  expect([exchange.failure?.class, exchange.failure?.message]).toEqual([
    'rate_limited',
    expect.stringContaining('trial key limit'),
  ])
})

test('a request', () => {
  const turns = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Cold?' },
    { role: 'assistant', content: '', calls: [{ name: 'weather', arguments: '{}', id: 'w' }] },
    { role: 'user', content: '', results: [{ call: { name: 'weather', arguments: '{}', id: 'w' }, text: '2' }] },
  ] as const
  const body = dialectNamed('cohere')?.encode(turns, { model: 'm', stream: true, maxTokens: 9 }, undefined)
  expect(JSON.parse(JSON.stringify(body))).toEqual({
    model: 'm',
    stream: true,
    max_tokens: 9,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Cold?' },
      { role: 'assistant', tool_calls: [{ id: 'w', type: 'function', function: { name: 'weather', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'w', content: '2' },
    ],
  })
})
