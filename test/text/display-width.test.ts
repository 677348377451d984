import { describe, expect, test } from 'vitest'
import { displayWidth } from '../../src/text/display-width.ts'

describe('displayWidth', () => {
  test.each([
    ['', 0],
    ['plain', 5],
    ['日本語', 6],
    ['ｆｕｌｌ', 8],
    ['한국', 4],
    ['e\u0301', 1],
    ['é', 1],
    ['👩‍👩‍👧', 2],
    ['👍🏽', 2],
    ['🇩🇪', 2],
    ['❤️', 2],
    ['✓ … ·', 5],
    ['─█░', 3],
    ['\u200b', 0],
  ])('%j takes %i columns', (text, width) => expect(displayWidth(text)).toBe(width))

  test('a text that is measured without a segmenter is as wide as its characters one by one', () => {
    const cluster = String.fromCodePoint(0x1f469)
    const codes = Array.from({ length: 0x2800 }, (_, code) => code).filter(
      (code) => code > 0x1f && !/\p{M}/u.test(String.fromCodePoint(code)),
    )
    // An emoji beside it makes displayWidth take the text apart.
    const differing = codes.filter(
      (code) => displayWidth(String.fromCodePoint(code)) !== displayWidth(`${cluster} ${String.fromCodePoint(code)}`) - 3,
    )
    expect(differing).toEqual([])
  })
})
