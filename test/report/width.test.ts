import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutToWidth, padLeft, padRight, wrapToWidth } from '../../src/report/text/width.ts'
import { displayWidth } from '../../src/text/display-width.ts'

describe('cutToWidth', () => {
  test.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    ['a b c', 4, 'a b…'],
    ['ab cd', 4, 'ab…'],
    ['👩‍👩‍👧👩‍👩‍👧', 3, '👩‍👩‍👧…'],
    ['abc', 1, '…'],
    ['abc', 0, ''],
  ])('%j in %i columns is %j', (text, columns, cut) => expect(cutToWidth(text, columns)).toBe(cut))

  test('never wider than asked, whatever the text and the mark', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        fc.nat(30),
        fc.constantFrom('…', '...', ''),
        (text, columns, mark) => {
          expect(displayWidth(cutToWidth(text, columns, mark))).toBeLessThanOrEqual(columns)
        },
      ),
    )
  })
})

test('padding counts columns, not characters', () => {
  expect(padRight('日', 4)).toBe('日  ')
  expect(padLeft('日', 4)).toBe('  日')
  expect(padRight('long', 2)).toBe('long')
})

describe('wrapToWidth', () => {
  test.each([
    ['one two three', 7, 5, ['one two', 'three']],
    ['one two three', 8, 5, ['one two', 'three']],
    ['one two three four', 7, 2, ['one two', 'three…']],
    ['unbreakable', 4, 5, ['unbr', 'eaka', 'ble']],
    ['fits', 10, 2, ['fits']],
    ['', 10, 2, []],
    ['日本語', 3, 5, ['日', '本', '語']],
    ['日', 1, 5, ['…']],
  ])('%j in %i columns and %i lines', (text, columns, lines, wrapped) =>
    expect(wrapToWidth(text, columns, lines)).toEqual(wrapped),
  )
})
