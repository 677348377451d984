import { describe, expect, test } from 'vitest'
import { feed, SSE } from './feed.ts'
import { LEFT_OUT, speed, sse, TEN_MS, times } from './reasoning-of.ts'

describe('Anthropic', () => {
  const block = (type: string) => ({ type: 'content_block_start', content_block: { type, thinking: '' } })
  const thinking = (text: string) => ({ type: 'content_block_delta', delta: { type: 'thinking_delta', thinking: text } })
  const text = { type: 'content_block_delta', delta: { type: 'text_delta', text: 'x ' } }
  const end = (usage: object) => [{ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage }, { type: 'message_stop' }]
  const read = (events: readonly object[]) => feed({ dialect: 'anthropic', headers: SSE }, sse(events))
  const texts = times(5, () => text)

  test('thinking is a summary: without a count of its own, the speed is left out', () => {
    const exchange = read([block('thinking'), thinking('Hm, '), thinking('yes.'), ...texts, ...end({ output_tokens: 505 })])
    expect(speed(exchange)).toEqual(LEFT_OUT)
    expect(exchange.warnings).toEqual(['uncounted_reasoning'])
  })

  test('with a count of its own, visible tokens make the speed', () => {
    const usage = { output_tokens: 505, output_tokens_details: { thinking_tokens: 500 } }
    const exchange = read([block('thinking'), thinking('Hm.'), ...texts, ...end(usage)])
    expect(speed(exchange)).toEqual(TEN_MS)
    expect(exchange.warnings).toEqual([])
  })

  test.each(['thinking', 'redacted_thinking'])('a block of %s that shows nothing', (type) => {
    const exchange = read([block(type), ...texts, ...end({ output_tokens: 505 })])
    expect(speed(exchange)).toEqual(LEFT_OUT)
    expect(exchange.warnings).toEqual(['hidden_reasoning', 'uncounted_reasoning'])
  })

  test('without thinking, all tokens count', () => {
    expect(speed(read([...texts, ...end({ output_tokens: 5 })]))).toEqual(TEN_MS)
  })
})
