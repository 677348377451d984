import { describe, expect, test } from 'vitest'
import { FrameParts, FrameTokens } from '../../../src/dialects/parts/frame-tokens.ts'
import { Exchange, type Usage } from '../../../src/exchange.ts'

describe('tokens of each frame', () => {
  test('are what the sum has grown by', () => {
    const tokens = new FrameTokens()
    expect([3, 3, 10].map((total) => tokens.next(total))).toEqual([3, 0, 7])
    expect(tokens.source(false)).toBe('usage per frame')
  })

  test('are not known behind a frame without a count, nor where the sum falls', () => {
    const tokens = new FrameTokens()
    expect([2, null, 9].map((total) => tokens.next(total))).toEqual([2, undefined, undefined])
    expect(tokens.source(false)).toBe('usage')
    const falling = new FrameTokens()
    expect([5, 3].map((total) => falling.next(total))).toEqual([5, undefined])
  })

  test('one frame alone says nothing about frames', () => {
    const tokens = new FrameTokens()
    tokens.next(5)
    expect([tokens.source(false), tokens.source(true)]).toEqual(['usage', 'usage per frame'])
  })
})

describe('parts of an event', () => {
  function reported(parts: Partial<FrameParts>, tokens?: number, usage?: Partial<Usage>) {
    const units: unknown[] = []
    const exchange = new Exchange(0, { push: () => {}, end: () => {} }, () => {})
    Object.assign(exchange, { unit: (...unit: unknown[]) => void units.push(unit) })
    const all = Object.assign(new FrameParts(), parts)
    all.report(exchange, tokens, usage as Usage | undefined)
    expect(all.empty).toBe(true)
    return units
  }

  test('reasoning comes first, and the tokens go with the first part alone', () => {
    expect(reported({ tool: 't', text: 'a', reasoning: 'r', refusal: 'n' }, 4)).toEqual([
      ['reasoning', 'r', 4],
      ['text', 'a', undefined, undefined],
      ['refusal', 'n', undefined, undefined],
      ['tool', 't', undefined, undefined],
    ])
  })

  test('how many are visible is known only with a count of reasoning', () => {
    expect(reported({ text: 'a' }, 4, { reasoningTokens: 0, visibleTokens: 4 })).toEqual([['text', 'a', 4, 4]])
    expect(reported({ text: 'a' }, 4, { reasoningTokens: null, visibleTokens: 4 })).toEqual([['text', 'a', 4, undefined]])
  })

  test('nothing is nothing', () => expect(reported({})).toEqual([]))
})
