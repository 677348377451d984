import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test, vi } from 'vitest'
import { frame, OPCODE, text } from '../../servers/ws-frames.ts'
import { fateOf, serverFor, userOf } from '../websocket-kit.ts'
import { answering } from './frames.ts'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** The memory that is in use, in bytes, without what nothing refers to any more. */
function kept(): number {
  collect()
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  return arrayBuffers + heapUsed
}

describe('how much of a thing is too much', () => {
  test('a burst of pings is answered, or at least its last, and the reply is good', async () => {
    const pongs: string[] = []
    const pings = Array.from({ length: 2000 }, (_, i) => frame(OPCODE.ping, `${i}`))
    const server = await serverFor({
      pong: (_peer, payload) => void pongs.push(payload.toString()),
      message: ({ socket }) => void socket.write(Buffer.concat([...pings, text('fine')])),
    })
    const user = await userOf(server.url)
    for (let n = 1; n <= 10; n += 1) {
      expect(await fateOf(user.request({ text: 'go' }))).toBe('ok')
      await vi.waitFor(() => expect(pongs.filter((payload) => payload === '1999')).toHaveLength(n))
    }
    expect(pongs.slice(0, 3)).toEqual(['0', '1', '2'])
    expect([user.log, server.messages.length, server.upgrades.length]).toEqual([['opened'], 10, 1])
  })

  test('pings of a server that reads no answers cost no memory', async () => {
    const pings = Buffer.concat(Array.from({ length: 10_000 }, () => frame(OPCODE.ping, 'x'.repeat(125))))
    const server = await serverFor({
      message: async ({ socket }) => {
        socket.pause()
        for (let n = 0; n < 20; n += 1) if (!socket.write(pings)) await new Promise((resolve) => socket.once('drain', resolve))
        socket.write(text('fine'))
      },
    })
    const user = await userOf(server.url)
    const before = kept()
    expect(await fateOf(user.request({ text: 'go' }))).toBe('ok')
    const grown = kept() - before
    // 200,000 pongs that waited would be some 100 MB
    expect(grown).toBeLessThan(60e6)
  })

  test('a message of 100,000 fragments is one message', async () => {
    const pieces = Array.from({ length: 100_000 }, () => frame(0, 'x', { fin: false }))
    const server = await answering(Buffer.concat([text('', { fin: false }), ...pieces, frame(0, '')]))
    const user = await userOf(server.url)
    const one = user.request({ text: 'go' })
    expect([await fateOf(one), one.text().length, user.log]).toEqual(['ok', 100_000, ['opened']])
  })

  test('more fragments than a message may have end the socket with 1008', async () => {
    const piece = Buffer.concat(Array.from({ length: 10_000 }, () => frame(0, 'x', { fin: false })))
    const server = await answering(Buffer.concat([text('', { fin: false }), ...Array.from({ length: 105 }, () => piece)]))
    const user = await userOf(server.url)
    const { failure } = await user.request({ text: 'go' }).settled
    expect(failure).toMatchObject({ class: 'bad_ws', phase: 'stream', code: 'WS_ERR_TOO_MANY_BUFFERED_PARTS' })
    await vi.waitFor(() => expect(server.closeCodes).toEqual([1008]))
  })
})
