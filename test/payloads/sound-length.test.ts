import { expect, test } from 'vitest'
import { soundLengthMs } from '../../src/payloads/sound-length.ts'

const chunk = (name: string, content: Buffer) => {
  const head = Buffer.alloc(8)
  head.write(name, 0, 'latin1')
  head.writeUInt32LE(content.length, 4)
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)])
}
/** The chunk `fmt ` of a sound with so many bytes per second. */
const format = (bytesPerSecond: number) => {
  const content = Buffer.alloc(16)
  content.writeUInt32LE(bytesPerSecond, 8)
  return chunk('fmt ', content)
}
const wav = (...chunks: readonly Buffer[]) => {
  const body = Buffer.concat([Buffer.from('WAVE'), ...chunks])
  return chunk('RIFF', body)
}

test('other chunks may stand between, also those of odd length', () => {
  const list = chunk('LIST', Buffer.from('abc'))
  expect(soundLengthMs(wav(list, format(8000), list, chunk('data', Buffer.alloc(4000))))).toBe(500)
})

test('a size that was never filled in means the rest of the file', () => {
  const open = wav(format(8000), chunk('data', Buffer.alloc(4000)))
  open.writeUInt32LE(0xffff_ffff, open.length - 4004)
  expect(soundLengthMs(open)).toBe(500)
})

test.each<[string, Buffer]>([
  ['nothing', Buffer.alloc(0)],
  ['an MP3', Buffer.concat([Buffer.from('ID3'), Buffer.alloc(100)])],
  ['another RIFF', Buffer.concat([Buffer.from('RIFF\0\0\0\0AVI '), format(8000), chunk('data', Buffer.alloc(8))])],
  ['a head alone', wav()],
  ['no format', wav(chunk('data', Buffer.alloc(8)))],
  ['no data', wav(format(8000))],
  ['a format of no bytes per second', wav(format(0), chunk('data', Buffer.alloc(8)))],
  ['a chunk that ends behind the file', wav(format(8000)).subarray(0, 30)],
])('%s has no known length', (_, file) => expect(soundLengthMs(file)).toBeUndefined())
