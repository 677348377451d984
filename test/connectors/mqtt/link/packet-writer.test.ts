import { Duplex } from 'node:stream'
import { expect, it } from 'vitest'
import { PacketWriter } from '../../../../src/connectors/mqtt/link/packet-writer.ts'

/** A stream that notes each write, and takes the next one only when `taken` is called. */
function sink(highWaterMark?: number) {
  const writes: Buffer[] = []
  const taken: (() => void)[] = []
  const stream = new Duplex({
    ...(highWaterMark !== undefined && { highWaterMark }),
    read() {},
    write(chunk: Buffer, _encoding, done) {
      writes.push(chunk)
      taken.push(done)
    },
  })
  return { stream, writes, taken, writer: new PacketWriter(stream) }
}

it('makes one write of the pieces between cork and uncork, with texts as UTF-8', () => {
  const { stream, writes, writer } = sink()
  stream.cork()
  stream.write(Buffer.from([0x30, 5]))
  stream.write('zürich', 'utf8')
  stream.write(new Uint8Array([1, 2]))
  expect(writes).toEqual([])
  expect(writer.bytes).toBe(11)
  stream.uncork()
  expect(writes).toEqual([Buffer.concat([Buffer.from([0x30, 5]), Buffer.from('zürich'), Buffer.from([1, 2])])])
})

it('waits for the last uncork of several packets', () => {
  const { stream, writes } = sink()
  stream.cork()
  stream.write('a')
  stream.cork()
  stream.write('b')
  stream.uncork()
  expect(writes).toEqual([])
  stream.uncork()
  expect(writes.map(String)).toEqual(['ab'])
})

it('lets a packet that may wait share the write of one that a callback of this turn writes', async () => {
  const { stream, writes, writer } = sink()
  writer.soon(Buffer.from('ack'))
  expect([writes, writer.bytes]).toEqual([[], 3])
  await Promise.resolve()
  stream.cork()
  stream.write('next')
  process.nextTick(() => stream.uncork())
  await new Promise((resolve) => setImmediate(resolve))
  expect(writes.map(String)).toEqual(['acknext'])
})

it('writes packets that may wait together, and before what cannot wait', async () => {
  const { stream, writes, taken, writer } = sink()
  writer.soon(Buffer.from('a'))
  writer.soon(Buffer.from('b'))
  await new Promise((resolve) => setImmediate(resolve))
  expect(writes.map(String)).toEqual(['ab'])
  writer.soon(Buffer.from('c'))
  stream.write('d')
  for (let index = 0; index < 3; index += 1) taken[index]?.()
  expect(writes.map(String)).toEqual(['ab', 'c', 'd'])
})

it('keeps the order when a large piece goes through, and around writes without cork', () => {
  const { stream, writes, taken, writer } = sink()
  const large = Buffer.alloc(20_000, 'x')
  stream.cork()
  stream.write('head')
  stream.write(large)
  stream.write('tail')
  stream.uncork()
  stream.write('next')
  while (taken.length > 0) taken.shift()?.()
  expect(Buffer.concat(writes).toString()).toBe(`head${large}tailnext`)
  expect(writer.bytes).toBe(20_012)
})

it('writes what it holds before the end of the stream', () => {
  const { stream, writes } = sink()
  stream.cork()
  stream.write('bye')
  stream.end()
  expect(writes.map(String)).toEqual(['bye'])
})

it('writes nothing to a destroyed stream', () => {
  const { stream, writes } = sink()
  stream.cork()
  stream.write('late')
  stream.destroy()
  stream.uncork()
  expect(writes).toEqual([])
})

it('replies false only when a drain will follow', async () => {
  const { stream, taken } = sink(4)
  stream.cork()
  expect(stream.write('abcdef')).toBe(true)
  stream.uncork()
  stream.cork()
  expect(stream.write('g')).toBe(false)
  const drained = new Promise((resolve) => stream.once('drain', () => resolve('drained')))
  taken.shift()?.()
  expect(await drained).toBe('drained')
})
