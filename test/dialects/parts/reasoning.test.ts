import { expect, test } from 'vitest'
import { readReasoning, warnOfReasoning } from '../../../src/dialects/parts/reasoning.ts'
import { Exchange } from '../../../src/exchange.ts'

const exchange = () => new Exchange(0, { push: () => {}, end: () => {} }, () => {})

test.each<[string, object, string, boolean]>([
  ['none', { content: 'a' }, '', false],
  ['the first member that has any', { reasoning: '', reasoning_content: 'a', thinking: 'b' }, 'a', false],
  ['a member that is an object', { reasoning: { type: 'reasoning.text', text: 'a' } }, 'a', false],
  ['a text wins over lists', { reasoning_details: [{ text: 'a' }], reasoning: 'b' }, 'b', false],
  ['parts are joined', { thinking_blocks: [{ thinking: 'a' }, 'x', { thinking: 'b' }] }, 'ab', false],
  ['a list that comes first counts', { reasoning_details: [{ text: 'a' }], thinking_blocks: [{ thinking: 'b' }] }, 'a', false],
  ['a summary is partial', { reasoning_details: [{ type: 'reasoning.summary', summary: 'a' }] }, 'a', true],
  ['an encrypted part has no text', { reasoning_details: [{ type: 'reasoning.encrypted', text: 'a' }] }, '', true],
])('%s', (_, delta, text, partial) => {
  const one = exchange()
  expect(readReasoning(delta as Record<string, unknown>, one)).toBe(text)
  expect(one.partialReasoning).toBe(partial)
})

test.each<[string, object, string[]]>([
  ['shown and counted', { usage: { outputTokens: 9, reasoningTokens: 4, visibleTokens: 5 }, reasoningBytes: 20 }, []],
  ['hidden', { usage: { outputTokens: 9, reasoningTokens: 4, visibleTokens: 5 } }, ['hidden_reasoning']],
  [
    'hidden and not counted',
    { usage: { outputTokens: 9, reasoningTokens: null, visibleTokens: null }, partialReasoning: true },
    ['hidden_reasoning', 'uncounted_reasoning'],
  ],
  [
    'a summary that is not counted',
    { usage: { outputTokens: 9, reasoningTokens: null, visibleTokens: null }, partialReasoning: true, reasoningBytes: 20 },
    ['uncounted_reasoning'],
  ],
  ['without usage', { partialReasoning: true }, []],
])('%s', (_, given, warnings) => {
  const one = Object.assign(exchange(), given)
  warnOfReasoning(one)
  expect(one.warnings).toEqual(warnings)
})
