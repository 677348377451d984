import { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { MqttClient } from 'mqtt'
import { expect, test, vi } from 'vitest'
import { MqttLink, NO_HIDDEN_WORK } from '../../../../src/connectors/mqtt/link/link.ts'

const CHUNKS = 60
const PACKETS = 1000

/** A broker that has kept a session, sends many copies of `packet`, and reads nothing until `read` is called. */
function flood(packet: Buffer) {
  const chunk = Buffer.concat(Array<Buffer>(PACKETS).fill(packet))
  let accepted = false
  let reads = false
  let sent = 0
  let taken = 0
  const held: (() => void)[] = []
  const stream = new Duplex({
    read() {
      if (!accepted || sent === CHUNKS) return
      sent += 1
      setImmediate(() => this.push(chunk))
    },
    write(bytes: Buffer, _encoding, done) {
      if (accepted) {
        taken += bytes.length
        if (reads) done()
        else held.push(done)
        return
      }
      accepted = true
      setImmediate(() => this.push(Buffer.from([0x20, 2, 1, 0])))
      done()
    },
  })
  const read = () => {
    reads = true
    for (const done of held) done()
  }
  return { stream, read, taken: () => taken }
}

async function open(stream: Duplex) {
  const link = new MqttLink(
    { stream, socket: new Socket(), times: { dnsMs: 0, connectMs: 0, tlsMs: 0 }, connectedAt: 0 },
    (create, messageIdProvider) =>
      new MqttClient(create, { ...NO_HIDDEN_WORK, clientId: 'a', protocolVersion: 4, keepalive: 0, messageIdProvider }),
    { opening: { version: 4, clean: false, first: false, method: undefined }, lastId: 0 },
  )
  await new Promise<void>((resolve) => link.client.once('connect', () => resolve()))
  return link
}

test.each([
  ['messages', 'PUBACK', [0x32, 5, 0, 1, 0x74, 0, 7]],
  ['PUBREC', 'PUBREL', [0x50, 2, 0, 7]],
] as const)('a broker that sends %s and reads no %s is not read either, until it reads', async (_sent, _answer, packet) => {
  const { stream, read, taken } = flood(Buffer.from(packet))
  const link = await open(stream)
  link.adopt({ message() {}, acknowledged() {}, released() {}, ended() {} })
  await vi.waitFor(() => expect(stream.isPaused()).toBe(true))
  // What the broker sends now is left to the stream, which holds a limited amount.
  await vi.waitFor(() => expect(stream.readableLength).toBeGreaterThanOrEqual(stream.readableHighWaterMark))
  expect(stream.writableLength).toBeLessThan(2 * stream.writableHighWaterMark)
  read()
  // PUBACK and PUBREL have four bytes.
  await vi.waitFor(() => expect(taken()).toBe(4 * CHUNKS * PACKETS))
  expect([link.over, stream.isPaused()]).toEqual([false, false])
  link.destroy()
  await link.gone
})
