import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sha256 } from '../../src/text/sha256.ts'

const ofNode = (text: string) => createHash('sha256').update(text).digest('hex')

test('the example of FIPS 180-4', () => {
  expect(sha256('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

test('a text that is left to Node', () => {
  const text = 'é'.repeat(20_000)
  expect(sha256(text).toString('hex')).toBe(ofNode(text))
})

test('every length around the ends of blocks, and every text, as Node has it', () => {
  for (let length = 0; length < 200; length += 1)
    expect(sha256('x'.repeat(length)).toString('hex')).toBe(ofNode('x'.repeat(length)))
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => sha256(text).toString('hex') === ofNode(text)))
})
