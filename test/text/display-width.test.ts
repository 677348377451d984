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
})
