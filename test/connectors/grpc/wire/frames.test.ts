/** gRPC messages on the wire: whole wherever the bytes are cut, and bounded before and after decompression. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Deframer, FRAME_HEAD, framed } from '../../../../src/connectors/grpc/wire/frames.ts'

const MAX = 1000

/** What a deframer makes of pieces: the messages with their sizes on the wire, and the first failure. */
function read(pieces: readonly Buffer[], encoding?: string) {
  const messages: [text: string, wireBytes: number][] = []
  const deframer = new Deframer(MAX, (message, wireBytes) => messages.push([message.toString(), wireBytes]))
  deframer.encoding = encoding
  const [failure] = pieces.flatMap((piece) => deframer.push(piece) ?? [])
  return { messages, failure, inside: deframer.inside }
}

test.each(['none', 'gzip', 'deflate'] as const)('messages are whole wherever the bytes are cut: %s', (compression) => {
  const cuts = fc.array(fc.nat(200), { maxLength: 10 })
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 40 }), { maxLength: 5 }), cuts, (texts, at) => {
      const frames = texts.map((text) => framed(Buffer.from(text), compression))
      const all = Buffer.concat(frames)
      const bounds = [0, ...at.filter((one) => one < all.length).toSorted((a, b) => a - b), all.length]
      const pieces = bounds.slice(1).map((end, i) => all.subarray(bounds[i], end))
      const messages = texts.map((text, i) => [text, frames[i]?.length])
      expect(read(pieces, compression)).toEqual({ messages, failure: undefined, inside: false })
    }),
  )
})

test('a message whose end has not come is known as one', () => {
  const frame = framed(Buffer.from('abc'), 'none')
  expect(read([frame.subarray(0, 2)])).toMatchObject({ messages: [], inside: true })
  expect(read([frame, frame.subarray(0, FRAME_HEAD)])).toMatchObject({ messages: [['abc', 8]], inside: true })
})

test('a message is refused by the length in its head, before its bytes come', () => {
  const { failure } = read([framed(Buffer.alloc(MAX + 1), 'none').subarray(0, FRAME_HEAD)])
  expect(failure).toMatchObject({ class: 'grpc_RESOURCE_EXHAUSTED', cause: 'too_big' })
  expect(read([framed(Buffer.alloc(MAX), 'none')]).failure).toBeUndefined()
})

test.each(['gzip', 'deflate'] as const)('a small message that %s makes large is refused', (compression) => {
  const small = framed(Buffer.alloc(MAX + 1), compression)
  expect(small.length).toBeLessThan(MAX)
  expect(read([small], compression).failure).toMatchObject({ class: 'grpc_RESOURCE_EXHAUSTED', cause: 'too_big' })
})

test.each([
  ['a reserved flag', Buffer.from([2, 0, 0, 0, 0]), undefined, 'the reserved flag 2'],
  ['compressed without grpc-encoding', framed(Buffer.from('x'), 'gzip'), undefined, 'grpc-encoding is missing'],
  ['compressed with another encoding', framed(Buffer.from('x'), 'gzip'), 'snappy', 'grpc-encoding is snappy'],
  ['bytes that are no gzip', Buffer.from([1, 0, 0, 0, 1, 0]), 'gzip', 'cannot decompress a gzip message'],
])('%s is no gRPC', (_, bytes, encoding, said) => {
  const { failure, messages } = read([bytes], encoding)
  expect(failure).toMatchObject({ class: 'bad_grpc', message: expect.stringContaining(said) })
  expect(messages).toEqual([])
})
