import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonArrayFramer } from '../../../src/dialects/framing/json-array.ts'
import { framed } from './framed.ts'

test('each object is an event, wherever the pieces end', () => {
  const element = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.jsonValue()), { maxKeys: 4 })
  fc.assert(
    fc.property(fc.array(element, { maxLength: 5 }), fc.array(fc.nat(300), { maxLength: 6 }), (elements, cuts) => {
      const bytes = Buffer.from(`[${elements.map((one) => JSON.stringify(one)).join('\n,\r\n')}]`)
      const at = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length]
      const pieces = at.slice(1).map((end, n) => bytes.subarray(at[n], end))
      const { frames, broken } = framed(jsonArrayFramer, pieces)
      expect(frames.map((frame) => JSON.parse(frame))).toEqual(JSON.parse(bytes.toString()))
      expect(broken).toEqual([])
    }),
  )
})

test('a single object is taken as well', () => {
  expect(framed(jsonArrayFramer, ['{"a":', '"]"}'])).toEqual({ frames: ['{"a":"]"}'], broken: [], odd: [] })
})

test.each([
  ['[{"a":1},', ['{"a":1}'], 'closed_early: the reply ended inside its JSON array'],
  ['[{"a":1', [], 'closed_early: the reply ended inside its JSON array'],
  ['[{"a":1}] [', ['{"a":1}'], 'closed_early: the reply ended inside its JSON array'],
  ['[1]', [], 'bad_json: the reply is not an array of JSON objects: unexpected "1"'],
  ['<html>', [], 'bad_json: the reply is not an array of JSON objects: unexpected "<"'],
  [']', [], 'bad_json: the reply is not an array of JSON objects: unexpected "]"'],
  ['[{"a":1}x{"b":2}]', ['{"a":1}'], 'bad_json: the reply is not an array of JSON objects: unexpected "x"'],
])('%s', (text, frames, broken) => {
  expect(framed(jsonArrayFramer, [text])).toEqual({ frames, broken: [broken], odd: [] })
})

test.each([[['[{"a":"123456"}]']], [['[{"a":"1', '23456"}]']]])('an event above the bound: %j', (pieces) => {
  expect(framed(jsonArrayFramer, pieces, 10).broken).toEqual(['too_big: one event of the stream is larger than 10 characters'])
})
