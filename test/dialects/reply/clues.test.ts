import { expect, test } from 'vitest'
import { cluesOf } from '../../../src/dialects/reply/clues.ts'

test.each<[string, string, object]>([
  ['no JSON', 'hello', { callsTool: false }],
  ['a filter', '{"choices":[{"finish_reason":"content_filter"}]}', { callsTool: false, blocked: 'content_filter' }],
  ['the block reason of a prompt', '{"promptFeedback":{"blockReason":"SAFETY"}}', { callsTool: false, blocked: 'SAFETY' }],
  ['a usual reason', '{"finish_reason":"stop"}', { callsTool: false }],
  ['a block word elsewhere', '{"topic":"safety"}', { callsTool: false }],
  ['a call by its list', '{"message":{"tool_calls":[{"id":"1"}]}}', { callsTool: true }],
  ['a call by its type', '{"content":[{"type":"tool_use"}]}', { callsTool: true }],
  ['an empty list of calls', '{"tool_calls":[]}', { callsTool: false }],
  ['a text', '{"data":{"content":"Hi"}}', { callsTool: false, text: { path: '$.data.content', sample: 'Hi', streamed: false } }],
  [
    'a text of an event',
    'data: {"delta":"Hi"}\n\n',
    { callsTool: false, text: { path: '$.delta', sample: 'Hi', streamed: true } },
  ],
])('%s', (_, body, clues) => expect(cluesOf(body)).toEqual(clues))

test('a long text is shown by its beginning, and a wide reply is not searched to its end', () => {
  expect(cluesOf(JSON.stringify({ text: 'x'.repeat(100) })).text?.sample).toBe('x'.repeat(60))
  const wide = [...Array.from({ length: 5000 }, (_, n) => n), { finish_reason: 'content_filter' }]
  expect(cluesOf(JSON.stringify(wide))).toEqual({ callsTool: false })
})
