import { expect, test } from 'vitest'
import { HEAD_CHARACTERS, HeldText } from '../../src/text/held-text.ts'

const filled = (pieces: readonly string[], whole: boolean) => {
  const held = new HeldText()
  for (const piece of pieces) held.add(piece, whole)
  return held
}

test.each([0, 1, 2, 4095, 4096, 4097, 10_000])('%i pieces come out in order, however often they are asked for', (count) => {
  const pieces = Array.from({ length: count }, (_, i) => `${i},`)
  const held = filled(pieces, true)
  expect(held.toString()).toBe(pieces.join(''))
  expect(held.toString()).toBe(pieces.join(''))
  held.add('more', true)
  expect(held.toString()).toBe(`${pieces.join('')}more`)
})

test('the beginning alone is held when the whole is not wanted', () => {
  expect(filled(['ab', 'c'.repeat(200_000), 'd'], false).toString()).toBe(`ab${'c'.repeat(HEAD_CHARACTERS - 2)}`)
})
