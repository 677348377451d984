import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HEAD_CHARACTERS, HeldBytes, HeldText } from '../../src/text/held-text.ts'

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

test('strings and ASCII bytes in any order make one text, or the beginning of it', () => {
  const piece = fc.record({ text: fc.string({ unit: 'grapheme-ascii', maxLength: 300 }) })
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.boolean(), (pieces, asBytes) => {
      const [held, plain] = [new HeldText(), new HeldText()]
      for (const [at, { text }] of pieces.entries()) {
        plain.add(text, true)
        const bytes = Buffer.from(`<${text}>`)
        if (asBytes === at % 3 > 0) held.addAscii(bytes, 1, bytes.length - 1, true)
        else held.add(text, true)
        bytes.fill(0)
        if (at % 5 === 4) expect(held.toString()).toBe(plain.toString())
      }
      expect(held.toString()).toBe(plain.toString())
    }),
  )
  const cut = new HeldText()
  const bytes = Buffer.alloc(HEAD_CHARACTERS - 3, 'a')
  cut.addAscii(bytes, 0, bytes.length, false)
  cut.addAscii(Buffer.from('bcdef'), 1, 5, false)
  cut.addAscii(bytes, 0, 1, false)
  expect(cut.toString()).toBe(`${bytes}cde`)
})

test('bytes are decoded as a TextDecoder does it, also when more of them come after', () => {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
  )
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 4 }), (pieces) => {
      const held = new HeldBytes()
      let sofar = Buffer.alloc(0)
      for (const piece of pieces) {
        held.add(piece, true)
        sofar = Buffer.concat([sofar, piece])
        expect(held.toText()).toBe(decoder.decode(sofar))
        expect(held.length).toBe(sofar.byteLength)
      }
    }),
  )
})
