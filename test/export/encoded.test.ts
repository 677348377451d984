/** Long texts as bytes: all of them, and no piece of much work. */
import { expect, test } from 'vitest'
import { encoded } from '../../src/export/send/encoded.ts'
import { atOnce } from '../../src/pieces.ts'

test.each([
  [[], ''],
  [['a'], '\n'],
  [Array.from({ length: 9000 }, (_, i) => `line ${i} ü漢`), '\n'],
  [['x'.repeat(100_000), 'y'], ''],
])('%#: the bytes are those of the texts, in order', (parts, end) => {
  const text = Buffer.concat(atOnce(encoded(parts, end))).toString()
  expect(text).toBe(parts.map((part) => part + end).join(''))
})

test('others get their turn between some ten thousand characters', () => {
  const parts = Array.from({ length: 20_000 }, (_, i) => `line ${i}`)
  const chunks = atOnce(encoded(parts, '\n'))
  for (const chunk of chunks) expect(chunk.length).toBeLessThan(33_000)
  expect([...encoded(parts, '\n')]).toHaveLength(chunks.length - 1)
})
