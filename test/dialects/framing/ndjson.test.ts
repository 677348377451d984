import { expect, test } from 'vitest'
import { ndjsonFramer } from '../../../src/dialects/framing/ndjson.ts'
import { framed } from './framed.ts'

test.each([
  ['lines, cut anywhere', ['{"a"', ':1}\n{"b":2}', '\n{"c":3}\n'], ['{"a":1}', '{"b":2}', '{"c":3}']],
  ['empty lines are none, and white space around a line goes', ['\n \r\n {"a":1} \r\n\n'], ['{"a":1}']],
  ['a last line without an end may have been cut off', ['{"a":1}\n{"b"'], ['{"a":1}', '{"b"…']],
  ['nothing', [], []],
])('%s', (_, pieces, frames) => expect(framed(ndjsonFramer, pieces)).toEqual({ frames, broken: [], odd: [] }))

test.each([[['12345678901\n']], [['123456', '78901']]])('a line above the bound: %j', (pieces) => {
  expect(framed(ndjsonFramer, pieces, 10).broken).toContain('too_big: one event of the stream is larger than 10 characters')
})
