import { describe, expect, test } from 'vitest'
import { feed, SSE } from './feed.ts'
import { speed, sse } from './reasoning-of.ts'

describe('Gemini', () => {
  const chunk = (part: object, usage: object, finish?: string) => ({
    candidates: [{ content: { parts: [part] }, ...(finish && { finishReason: finish }) }],
    usageMetadata: { promptTokenCount: 4, ...usage },
  })
  const read = (events: readonly object[]) => feed({ dialect: 'gemini', headers: SSE }, sse(events))

  test('thoughts are summaries: visible tokens behind those of the first chunk of text', () => {
    const exchange = read([
      chunk({ text: 'Thinking', thought: true }, { thoughtsTokenCount: 50 }),
      chunk({ text: 'a' }, { thoughtsTokenCount: 90, candidatesTokenCount: 30 }),
      chunk({ text: 'b' }, { thoughtsTokenCount: 90, candidatesTokenCount: 40 }, 'STOP'),
    ])
    expect(speed(exchange)).toEqual({ tpot: 1, perSecond: 1000 })
    expect(exchange.warnings).toEqual([])
  })

  test('thoughts that are only counted', () => {
    const exchange = read([
      chunk({ text: 'a' }, { thoughtsTokenCount: 90, candidatesTokenCount: 30 }),
      chunk({ text: 'b' }, { thoughtsTokenCount: 90, candidatesTokenCount: 40 }, 'STOP'),
    ])
    expect(speed(exchange)).toEqual({ tpot: 1, perSecond: 1000 })
    expect(exchange.warnings).toEqual(['hidden_reasoning'])
  })

  test('a function without arguments is a unit', () => {
    expect(read([chunk({ functionCall: { name: 'now' } }, {}, 'STOP')]).toolArguments).toBe('{}')
  })

  test('of several candidates the first is the reply, and all count as generated', () => {
    const piece = (index: number, text: string, finish?: string) => ({
      candidates: [{ ...(index > 0 && { index }), content: { parts: [{ text }] }, ...(finish && { finishReason: finish }) }],
    })
    const exchange = read([piece(0, 'ap'), piece(1, 'pears', 'MAX_TOKENS'), piece(0, 'ple', 'STOP')])
    expect(exchange).toMatchObject({ text: 'apple', finishReason: 'STOP', frames: 3, gapsMs: [10, 10], outcome: 'ok' })
  })
})
