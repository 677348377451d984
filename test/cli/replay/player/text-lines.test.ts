/** Texts as lines of a window. */
import { describe, expect, test } from 'vitest'
import { beginning, textLines } from '../../../../src/cli/replay/player/text-lines.ts'
import { makePen } from '../../../../src/report/text/pen.ts'

const PEN = makePen({ color: false, unicode: true, width: 80 })

describe('texts as lines', () => {
  test('wrapped at spaces; line breaks stay; a long word is cut', () => {
    expect(textLines('one two three\n\nfour\tfive', 8, PEN)).toEqual(['one two', 'three', '', 'four', 'five'])
    expect(textLines('abcdefghij', 4, PEN)).toEqual(['abcd', 'efgh', 'ij'])
    expect(textLines('', 8, PEN)).toEqual([''])
  })

  test('a share of a text never ends within a character', () => {
    expect([0, 0.34, 0.5, 0.75, 1, 7].map((share) => beginning('a😀b', share))).toEqual(['', 'a', 'a', 'a😀', 'a😀b', 'a😀b'])
  })
})
