/** Output that waits for a slow reader, and never for one that is gone or once it is stopped. */
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { PacedOutput } from '../../../src/cli/tail/paced-output.ts'

/** A reader that takes nothing by itself, of which `room` characters fit into the pipe. */
function slowReader(room: number) {
  const pipe = new PassThrough({ writableHighWaterMark: room, readableHighWaterMark: room })
  const stop = new AbortController()
  return { pipe, stop, output: new PacedOutput(pipe as unknown as NodeJS.WriteStream, stop.signal) }
}

/** True when something is over although everything else that can happen has happened. */
async function isOver(work: Promise<void>): Promise<boolean> {
  let over = false
  void work.then(() => {
    over = true
  })
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate)
  return over
}

test('short texts are written together, and in order with bytes', async () => {
  const { pipe, output } = slowReader(1000)
  await output.add('a')
  await output.add('b')
  expect(pipe.read()).toBeNull()
  await output.bytes(Buffer.from('c'))
  await output.flush()
  expect(String(pipe.read())).toBe('abc')
})

test('it listens to the stream only while it writes, and still knows that the reader has gone since', async () => {
  const { pipe, output } = slowReader(1000)
  const listening = () => [pipe.listenerCount('error'), pipe.listenerCount('drain')]
  await output.bytes(Buffer.from('a'))
  expect(listening()).toEqual([0, 0])
  pipe.on('error', () => {}).destroy(new Error('EPIPE'))
  await output.bytes(Buffer.from('b'))
  expect([output.closed, ...listening()]).toEqual([true, 1, 0])
})

test('what does not fit waits until the reader has taken it', async () => {
  const { pipe, output } = slowReader(1)
  const writing = output.add('x'.repeat(64 * 1024))
  expect(await isOver(writing)).toBe(false)
  pipe.resume()
  await writing
})

test('it ends the wait when it is stopped, and when the reader is gone', async () => {
  const stopped = slowReader(1)
  const first = stopped.output.add('x'.repeat(64 * 1024))
  expect(await isOver(first)).toBe(false)
  stopped.stop.abort()
  await first
  const left = slowReader(1)
  const second = left.output.add('x'.repeat(64 * 1024))
  left.pipe.destroy(new Error('EPIPE'))
  await second
  expect(left.output.closed).toBe(true)
  await left.output.add('y'.repeat(64 * 1024))
})
