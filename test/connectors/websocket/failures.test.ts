/** Servers that end their connections: after each reply, after some, in the middle; and what is counted of it. */
import { expect, test } from 'vitest'
import { close, text } from '../../servers/ws-frames.ts'
import type { Peer } from '../../servers/ws-raw.ts'
import { timedTest } from '../../support/quiet.ts'
import { runScenario } from '../../support/run.ts'
import { fateOf, serverFor, userOf } from '../websocket-kit.ts'

const run = (url: string, websocket: object, iterations = 40) =>
  runScenario({
    name: 'closes',
    target: { url, websocket },
    load: [{ users: 2, iterations }],
    steps: [{ request: { text: 'hi' } }],
  })

test.each([
  ['in one packet', ({ socket }: Peer) => void socket.write(Buffer.concat([text('yes'), close(1000)]))],
  [
    'in two packets',
    ({ socket }: Peer) => {
      socket.write(text('yes'))
      socket.write(close(1000))
    },
  ],
])('a reply and a close %s: each message goes out once, over a connection that lives', async (_, message) => {
  for (const websocket of [{}, { expectClose: [1000] }]) {
    const server = await serverFor({ message })
    const { result, attempts } = await run(server.url, websocket)
    expect(attempts.map(({ exchange }) => exchange.failure)).toEqual(Array(40).fill(undefined))
    expect(result.total.counts).toMatchObject({ planned: 40, ok: 40 })
    expect([server.messages.length, server.upgrades.length]).toEqual([40, 40])
  }
})

timedTest('a close frame that meets the next message on its way is a class of its own, expected or not', async () => {
  for (const expectClose of [[], [1000]]) {
    // the close frame leaves when the next message is on its way already
    const server = await serverFor({
      message: ({ socket }, said) => void socket.write(said === 'first' ? text('yes') : close(1000)),
    })
    const user = await userOf(server.url, { expectClose })
    await user.request({ text: 'first' }).settled
    const met = user.request({ text: 'second' })
    expect(await fateOf(met)).toBe('ws_met_close')
    expect(met.exchange.failure?.message).toContain('the message met the close frame')
    const next = user.request({ text: 'first' })
    expect([await fateOf(next), next.exchange.reused]).toEqual(['ok', false])
  }
})

test('a server that closes each third message: lost connections and those made again are counted', async () => {
  const seen = new Map<Peer, number>()
  const server = await serverFor({
    message: (peer) => {
      const nth = (seen.get(peer) ?? 0) + 1
      seen.set(peer, nth)
      peer.socket.write(nth === 3 ? close(1011) : text('yes'))
    },
  })
  const { result } = await run(server.url, {}, 18)
  expect(result.total.counts).toMatchObject({ planned: 18, ok: 12, failed: 6 })
  expect(result.connectionMetrics).toMatchObject({ lostConnections: 6, lostInFlight: 6 })
  // the last loss of each user needs no other connection
  const { reconnectionCount, successfulConnections } = result.connectionMetrics
  expect(reconnectionCount).toBe(server.upgrades.length - 2)
  expect(successfulConnections).toBe(server.upgrades.length)
  expect(reconnectionCount).toBeGreaterThanOrEqual(4)
})
