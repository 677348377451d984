import { expect, test } from 'vitest'
import { jsonFramer } from '../../../src/dialects/framing/json.ts'
import { framed } from './framed.ts'

test.each([
  [
    'pieces are one document, cut inside of a character too',
    ['{"a":"', Buffer.from([0xc3]), Buffer.from([0xbc]), '"}'],
    '{"a":"ü"}',
  ],
  ['one piece', ['[1]'], '[1]'],
  ['nothing at all', [], ''],
])('%s', (_, pieces, document) => {
  expect(framed(jsonFramer, pieces)).toEqual({ frames: [document], broken: [], odd: [] })
})

test('bytes that are no UTF-8 are told', () => {
  expect(framed(jsonFramer, [Buffer.from('"\xff"', 'latin1')])).toEqual({
    frames: ['"\ufffd"'],
    broken: [],
    odd: ['bad_utf8 "\xff"'],
  })
})
