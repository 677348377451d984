/** Texts that are cut to what a receiver takes. */
import { expect, test } from 'vitest'
import { cutTo } from '../../../src/notify/formats/cut.ts'
import { FORMATS } from '../../../src/notify/formats/index.ts'
import { hostile } from './hostile.ts'

test('a text that fits stays, a longer one ends in an ellipsis within the limit', () => {
  expect([cutTo('abc', 3), cutTo('abcd', 3), cutTo('', 3)]).toEqual(['abc', 'ab…', ''])
})

test.each(Object.entries(FORMATS))('%s: no half of a character is left', (_, format) => {
  expect(JSON.stringify(format(hostile))).not.toMatch(/\\ud[89ab]..(?!\\ud[c-f])/i)
})
