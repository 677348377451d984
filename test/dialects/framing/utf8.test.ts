import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FrameSink } from '../../../src/dialects/framing/frames.ts'
import { decodeWhole, Utf8Stream } from '../../../src/dialects/framing/utf8.ts'

function sinkOf(): { sink: FrameSink; odd: string[] } {
  const odd: string[] = []
  return { sink: { frame: () => {}, broken: () => {}, odd: (_, bytes) => odd.push(Buffer.from(bytes).toString('latin1')) }, odd }
}

test('any bytes, cut anywhere, decode as they do whole', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
  )
  fc.assert(
    fc.property(bytes, fc.integer({ min: 1, max: 5 }), (input, size) => {
      const { sink } = sinkOf()
      const stream = new Utf8Stream(sink)
      let text = ''
      for (let at = 0; at < input.length; at += size) text += stream.decode(input.subarray(at, at + size))
      expect(text + stream.flush()).toBe(Buffer.from(input).toString('utf8'))
    }),
    { numRuns: 200 },
  )
})

test('a byte order mark is dropped at the very start, and only when asked for', () => {
  const mark = Buffer.from('\uFEFFa\uFEFF')
  const { sink } = sinkOf()
  const dropping = new Utf8Stream(sink, true)
  expect(dropping.decode(mark.subarray(0, 2)) + dropping.decode(mark.subarray(2))).toBe('a\uFEFF')
  expect(decodeWhole(mark, sink)).toBe('\uFEFFa\uFEFF')
})

test('bad bytes are told once, with their line; a U+FFFD that was sent is none', () => {
  const { sink, odd } = sinkOf()
  const stream = new Utf8Stream(sink)
  stream.decode(Buffer.from('fine \ufffd\nbad \xff here\nnext', 'latin1').subarray(0, 0))
  stream.decode(Buffer.from('fine \ufffd\n'))
  expect(odd).toEqual([])
  stream.decode(Buffer.from('one\nbad \xff here\nnext \xfe\n', 'latin1'))
  stream.decode(Buffer.from([0xff]))
  expect(odd).toEqual(['bad \xff here'])
})

test('a line without end is shown from a little before the fault', () => {
  const { sink, odd } = sinkOf()
  decodeWhole(Buffer.concat([Buffer.alloc(5000, 'a'), Buffer.from([0xff]), Buffer.alloc(9000, 'b')]), sink)
  expect(odd[0]).toBe(`${'a'.repeat(1024)}\xff${'b'.repeat(4096 - 1025)}`)
})

test('what is held of a character is a copy: the socket may use its memory again', () => {
  const { sink } = sinkOf()
  const stream = new Utf8Stream(sink)
  const memory = Buffer.from('€')
  expect(stream.decode(memory.subarray(0, 2))).toBe('')
  const rest = Buffer.from(memory.subarray(2))
  memory.fill(0)
  expect(stream.decode(rest)).toBe('€')
})
