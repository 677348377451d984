import { describe, expect, test } from 'vitest'
import { feed, SSE } from './feed.ts'
import { speed, sse, TEN_MS, times } from './reasoning-of.ts'

describe('Responses', () => {
  const completed = (output: number, reasoning: number) => {
    const usage = { input_tokens: 5, output_tokens: output, output_tokens_details: { reasoning_tokens: reasoning } }
    return { type: 'response.completed', response: { status: 'completed', usage } }
  }
  const texts = (type: string, count: number) => times(count, () => ({ type: `response.${type}.delta`, delta: 'x ' }))
  const read = (events: readonly object[]) => feed({ dialect: 'openai-responses', headers: SSE }, sse(events))

  test('a summary of the reasoning: only visible tokens make a speed', () => {
    const exchange = read([...texts('reasoning_summary_text', 8), ...texts('output_text', 5), completed(405, 400)])
    expect(speed(exchange)).toEqual(TEN_MS)
    expect(exchange.firstOutputAt - exchange.firstTokenAt).toBe(80)
  })

  test('the reasoning itself: all tokens were seen', () => {
    const exchange = read([...texts('reasoning_text', 8), ...texts('output_text', 5), completed(13, 8)])
    expect(speed(exchange)).toEqual(TEN_MS)
    expect(exchange.warnings).toEqual([])
  })

  test('none of it', () => {
    const exchange = read([...texts('output_text', 5), completed(405, 400)])
    expect(speed(exchange)).toEqual(TEN_MS)
    expect(exchange.warnings).toEqual(['hidden_reasoning'])
  })
})
