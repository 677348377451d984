/** A server that closes right behind what it sends: no message may go out once its close frame has arrived. */
import { expect, onTestFinished, test } from 'vitest'
import { afterPoll } from '../../../src/connectors/wire/after-poll.ts'
import { close, text } from '../../servers/ws-frames.ts'
import { granted, type Peer } from '../../servers/ws-raw.ts'
import { runScenario } from '../../support/run.ts'
import { drawn } from '../../support/share.ts'
import { fateOf, serverFor, userOf } from '../websocket-kit.ts'

const ITERATIONS = drawn(60, 3)
/** Messages without a pause between them; the engine lets the event loop turn between iterations. */
const STEPS = Array.from({ length: 5 }, () => ({ request: { text: 'hi' } }))
const MESSAGES = ITERATIONS * STEPS.length

/** A server that sends a close frame with each `nth` reply of a connection, and counts messages that come after it. */
async function closingServer(nth: number, reply: (peer: Peer) => void) {
  const seen = new Map<Peer, number>()
  const late: string[] = []
  const server = await serverFor({
    message: (peer, said) => {
      const count = (seen.get(peer) ?? 0) + 1
      seen.set(peer, count)
      if (count > nth) late.push(said)
      else if (count < nth) peer.socket.write(text('yes'))
      else reply(peer)
    },
  })
  return { server, late }
}

const inOnePacket = ({ socket }: Peer) => void socket.write(Buffer.concat([text('yes'), close(1000)]))
const inTwo = ({ socket }: Peer) => {
  socket.write(text('yes'))
  socket.write(close(1000))
}
/** The reply is read by one poll of the sockets, and the close frame is written right after that poll, to be read by the next one. */
const aTurnApart = ({ socket }: Peer) => {
  socket.write(text('yes'))
  setImmediate(() => setImmediate(() => socket.write(close(1000))))
}

test.each([
  ['in one packet', 1, inOnePacket],
  ['in one packet', 2, inOnePacket],
  ['in one packet', 5, inOnePacket],
  ['in two packets', 1, inTwo],
  ['in two packets', 2, inTwo],
  ['in two packets', 5, inTwo],
  ['a turn apart', 1, aTurnApart],
  ['a turn apart', 2, aTurnApart],
  ['a turn apart', 5, aTurnApart],
])('a close frame %s with reply %i of each connection: no message comes after it, and none is lost', async (_, nth, reply) => {
  const { server, late } = await closingServer(nth, reply)
  const { result } = await runScenario({
    name: 'closes',
    target: { url: server.url, websocket: { expectClose: [1000] } },
    load: [{ users: 3, iterations: ITERATIONS }],
    steps: STEPS,
  })
  expect([late, server.messages.length]).toEqual([[], MESSAGES])
  expect(result.total.counts).toMatchObject({ planned: MESSAGES, ok: MESSAGES, failed: 0 })
})

test('a server that closes behind the handshake gets no message; each one fails, and costs one connection', async () => {
  const server = await serverFor({
    handshake: (socket, upgrade) => void socket.write(Buffer.concat([Buffer.from(granted(upgrade)), close(1008, 'too many')])),
  })
  const { result, attempts } = await runScenario({
    name: 'closes',
    target: { url: server.url },
    load: [{ users: 1, iterations: 20 }],
    steps: [{ request: { text: 'hi' } }],
  })
  expect(new Set(attempts.map(({ exchange }) => exchange.failure?.class))).toEqual(new Set(['ws_close_1008']))
  expect(result.total.counts).toMatchObject({ planned: 20, failed: 20 })
  expect(server.messages).toEqual([])
  expect(server.upgrades.length).toBeLessThanOrEqual(21)
})

test('an answer of the scenario and what is said again after a reconnect are messages too', async () => {
  const server = await serverFor({
    joined: ({ socket, number }) => void (number === 2 && socket.write(Buffer.concat([text('who?'), close(1000)]))),
    message: ({ socket }) => void socket.write(Buffer.concat([text('who?'), close(1000)])),
  })
  const user = await userOf(server.url, { resubscribe: ['again'], answer: [{ to: 'who?', send: 'me' }] })
  expect(await fateOf(user.request({ text: 'first' }))).toBe('ws_close_1000')
  expect(await fateOf(user.request({ text: 'second' }))).toBe('ws_close_1000')
  expect(server.messages).toEqual(['first'])
})

test('each task runs once, in order, after a poll that begins after it came', async () => {
  const { createServer, connect } = await import('node:net')
  const server = createServer((socket) => void socket.pipe(socket)).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const socket = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1')
  onTestFinished(() => {
    socket.destroy()
    server.close()
  })
  await new Promise((resolve) => socket.once('connect', resolve))
  const log: string[] = []
  const done = new Promise<void>((resolve) => {
    socket.on('data', (data) => {
      log.push(`read ${data}`)
      if (data.toString() !== '1') return
      afterPoll(() => log.push('first'))
      setImmediate(() =>
        afterPoll(() => {
          log.push('third')
          resolve()
        }),
      )
      afterPoll(() => log.push('second'))
    })
  })
  socket.write('1')
  await done
  expect(log).toEqual(['read 1', 'first', 'second', 'third'])
})
