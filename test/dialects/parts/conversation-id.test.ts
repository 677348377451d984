import { expect, test } from 'vitest'
import { conversationIdOf, noteConversationId } from '../../../src/dialects/parts/conversation-id.ts'
import { Exchange } from '../../../src/exchange.ts'

const exchange = () => new Exchange(0, { push: () => {}, end: () => {} }, () => {})

test.each([
  ['c-1', 'c-1'],
  [0, '0'],
  ['', undefined],
  [null, undefined],
  [{ id: 1 }, undefined],
  [true, undefined],
])('%j is kept as %j', (id, kept) => {
  const one = exchange()
  noteConversationId(one, id)
  expect(conversationIdOf(one)).toBe(kept)
})

test('the last one counts, and each reply has its own', () => {
  const [one, other] = [exchange(), exchange()]
  noteConversationId(one, 'a')
  noteConversationId(one, 'b')
  noteConversationId(one, undefined)
  expect([conversationIdOf(one), conversationIdOf(other)]).toEqual(['b', undefined])
})
