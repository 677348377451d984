import { describe, expect, test, vi } from 'vitest'
import { text } from '../../servers/ws-frames.ts'
import { fateOf, serverFor, userOf } from '../websocket-kit.ts'
import { echo } from './echo.ts'

describe('a step that ends the connection', () => {
  test('clean: with a closing handshake; the next frame connects again', async () => {
    const server = await serverFor(echo)
    const user = await userOf(server.url, { reconnect: { base: '1ms' } })
    expect(await fateOf(user.request({ disconnect: 'clean' }))).toBe('ok')
    expect([server.closeCodes, server.openSockets()]).toEqual([[1000], 0])
    expect(await fateOf(user.request({ text: 'again' }))).toBe('ok')
    expect(user.log).toEqual(['opened', 'closed', 'opened'])
    expect(server.messages).toEqual(['again'])
  })

  test('abrupt: by a reset, without a goodbye; nothing reconnects by itself', async () => {
    const server = await serverFor(echo)
    const user = await userOf(server.url, { reconnect: { base: '1ms' } })
    expect(await fateOf(user.request({ disconnect: 'abrupt' }))).toBe('ok')
    await vi.waitFor(() => expect(server.openSockets()).toBe(0))
    expect([server.closeCodes, server.upgrades.length]).toEqual([[], 1])
    expect(await fateOf(user.request({ text: 'again' }))).toBe('ok')
    expect(user.log).toEqual(['opened', 'closed', 'opened'])
    expect(server.upgrades).toHaveLength(2)
  })

  test('requests that are still open go with it, as failed', async () => {
    const server = await serverFor({})
    const user = await userOf(server.url)
    const open = user.request({ text: 'never answered' })
    expect(await fateOf(user.request({ disconnect: 'clean' }))).toBe('ok')
    expect((await open.settled).failure).toMatchObject({ class: 'closed_early', phase: 'stream' })
  })

  test('without a connection there is nothing to end', async () => {
    const server = await serverFor(echo)
    const user = await userOf(server.url)
    for (const how of ['clean', 'abrupt', 'clean'] as const) expect(await fateOf(user.request({ disconnect: how }))).toBe('ok')
    expect([user.log, server.upgrades.length]).toEqual([['opened', 'closed'], 1])
  })
})

describe('sending without waiting', () => {
  test('a peer that does not read holds the sender back', async () => {
    const server = await serverFor({ joined: ({ socket }) => void socket.pause() })
    const user = await userOf(server.url)
    const MESSAGES = 5
    const big = 'x'.repeat(4 * 1024 * 1024)
    let done = 0
    const count = async () => {
      for (let n = 0; n < MESSAGES; n += 1) if ((await fateOf(user.request({ text: big, await: 'none' }))) === 'ok') done += 1
    }
    const counting = count()
    await vi.waitFor(() => expect(server.peers[0]?.socket.isPaused()).toBe(true))
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(done).toBeLessThan(MESSAGES)
    server.peers[0]?.socket.resume()
    await counting
    expect(done).toBe(MESSAGES)
    await vi.waitFor(() => expect(server.messages).toHaveLength(MESSAGES))
  })
})

test('users that talk at the same time hear only their own', async () => {
  const server = await serverFor({
    message: ({ socket }, said) => setImmediate(() => socket.write(Buffer.concat([text(`${said}!`), text(`${said}.`)]))),
  })
  const users = await Promise.all(Array.from({ length: 20 }, () => userOf(server.url)))
  const talk = async (user: (typeof users)[number], who: number) => {
    const heard: string[] = []
    for (let n = 0; n < 20; n += 1) {
      const one = user.request({ text: `${who}/${n}`, await: { count: 2 } })
      await one.settled
      heard.push(one.text())
    }
    return heard
  }
  const all = await Promise.all(users.map(talk))
  expect(all).toEqual(users.map((_, who) => Array.from({ length: 20 }, (_, n) => `${who}/${n}!${who}/${n}.`)))
  expect(server.messages).toHaveLength(400)
})
