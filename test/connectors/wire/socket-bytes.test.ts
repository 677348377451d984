import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { connectShared, receiveBytes, viewOf } from '../../../src/connectors/wire/socket-bytes.ts'

const TEXT = 'bytes of a socket that are read into memory which is used again'

test('a place in the shared memory has one view, which shows what is there now; other memory has its own', async () => {
  const server = createServer((socket) => socket.end(TEXT)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connectShared({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' })
  let seen = 0
  receiveBytes(socket, {
    received(bytes, length) {
      for (let start = 0; start < length; start += 1)
        for (let end = start; end <= length; end += 1)
          expect(viewOf(bytes, start, end).equals(bytes.subarray(start, end)), `${start} to ${end}`).toBe(true)
      const view = viewOf(bytes, 1, length)
      expect(viewOf(bytes, 1, length)).toBe(view)
      bytes.fill('#', 0, length)
      expect(view.toString()).toBe('#'.repeat(length - 1))
      seen += length
    },
  })
  await once(socket, 'close')
  server.close()
  expect(seen).toBe(TEXT.length)
  const own = Buffer.from(TEXT)
  expect(viewOf(own, 1, 3)).not.toBe(viewOf(own, 1, 3))
  expect(viewOf(own, 1, 3).toString()).toBe(TEXT.slice(1, 3))
})
