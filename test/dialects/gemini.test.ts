import { describe, expect, test } from 'vitest'
import { feed, JSON_TYPE, SSE } from './feed.ts'
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

  const piece = (index: unknown, text: string, finish?: string) => ({
    candidates: [{ index, content: { parts: [{ text }] }, ...(finish && { finishReason: finish }) }],
  })

  test('of several candidates the first is the reply, and all count as generated', () => {
    const exchange = feed(
      { dialect: 'gemini', headers: SSE, body: { generationConfig: { candidateCount: 2 } } },
      sse([piece(undefined, 'ap'), piece(1, 'pears', 'MAX_TOKENS'), piece(undefined, 'ple', 'STOP')]),
    )
    expect(exchange).toMatchObject({ text: 'apple', finishReason: 'STOP', frames: 3, gapsMs: [10, 10], outcome: 'ok' })
  })

  test.each([[[0, 1, 2]], [[1, 1, 1]], [['0', '0', '0']], [['0', '1', '2']], [[undefined, 0, undefined]], [[null, null, null]]])(
    'a request asks for one candidate: with the counts %j, every event is of the reply',
    ([first, second, third]) => {
      const exchange = read([piece(first, 'Wh'), piece(second, 'isper'), piece(third, ' it', 'STOP')])
      expect(exchange).toMatchObject({ text: 'Whisper it', finishReason: 'STOP', frames: 3, outcome: 'ok' })
    },
  )

  test.each([[[0, 1]], [[undefined, 1]], [[undefined, undefined]], [[0, 0]]])(
    'of several candidates in one document, with the counts %j, the first is the reply',
    ([first, second]) => {
      const candidates = [piece(first, 'apple', 'STOP'), piece(second, 'pears', 'MAX_TOKENS')].flatMap((one) => one.candidates)
      const whole = feed({ dialect: 'gemini', headers: JSON_TYPE, streaming: false }, [JSON.stringify({ candidates })])
      expect(whole).toMatchObject({ text: 'apple', finishReason: 'STOP', frames: 1, outcome: 'ok' })
    },
  )

  test.each([[[]], [[null]], [undefined]])('a filter blocks the prompt: the candidates are %j', (candidates) => {
    const exchange = read([{ candidates, promptFeedback: { blockReason: 'SAFETY' } }])
    expect(exchange.failure).toMatchObject({ class: 'blocked', code: 'SAFETY' })
  })
})
