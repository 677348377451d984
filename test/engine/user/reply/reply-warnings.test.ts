import { expect, test } from 'vitest'
import { addReplyWarnings } from '../../../../src/engine/user/reply/reply-warnings.ts'
import { Exchange } from '../../../../src/exchange.ts'

function of(body: string, given: (one: Exchange) => void = () => {}) {
  const exchange = new Exchange(0, { push: () => {}, end: () => {} }, () => {})
  if (body !== '') exchange.data(Buffer.from(body))
  given(exchange)
  exchange.finish()
  addReplyWarnings(exchange)
  return { warnings: exchange.warnings, unread: exchange.unread }
}
const usage = (visibleTokens: number, source = 'usage') => ({ usage: { visibleTokens, source } as unknown as Exchange['usage'] })

test.each<[string, string, (one: Exchange) => void, string[]]>([
  ['text', '{}', (one) => one.unit('text', 'Hi'), []],
  ['nothing', '{}', () => {}, ['empty_reply']],
  ['no reply to speak of', '', () => {}, []],
  ['a refusal', '{}', (one) => one.unit('refusal', 'no'), ['blocked']],
  ['a filter', '{}', (one) => one.note({ finishReason: 'content_filter' }), ['blocked']],
  ['a filter, where nobody mapped it', '{"stop_reason":"safety"}', () => {}, ['blocked']],
  ['a call of a tool', '{}', (one) => one.note({ finishReason: 'tool_calls' }), []],
  ['a call that nobody mapped', '{"tool_calls":[{"id":1}]}', () => {}, []],
  ['tokens that nobody saw', '{}', (one) => one.note(usage(3)), ['text_not_found']],
  ['the token that ends a reply', '{}', (one) => one.note(usage(1)), ['empty_reply']],
  ['tokens that were estimated', '{}', (one) => one.note(usage(3, 'estimate')), ['empty_reply']],
  ['a reply that failed', '{}', (one) => one.fail('reset', 'stream', ''), []],
])('%s', (_, body, given, warnings) => expect(of(body, given).warnings).toEqual(warnings))

test('where the text is, is said', () => {
  expect(of('{"content":"San"}', (one) => one.note(usage(2))).unread).toBe(
    'usage tells of 2 visible tokens; there is text at $.content ("San")',
  )
})
