import { expect, test } from 'vitest'
import { messageFramer } from '../../../src/dialects/framing/message.ts'
import { framed } from './framed.ts'

test('each push is an event of its own, the empty one too', () => {
  expect(framed(messageFramer, ['a\n\nb', '', '{"x":1}']).frames).toEqual(['a\n\nb', '', '{"x":1}'])
})

test('half a character in each of two messages is bad in both', () => {
  const { frames, odd } = framed(messageFramer, [Buffer.from([0xc3]), Buffer.from([0xbc])])
  expect(frames).toEqual(['\ufffd', '\ufffd'])
  expect(odd).toHaveLength(2)
})
