/** Connections that are dialled, from `localAddresses` and through a relay. The range of local ports is made small, so that they run out. */
import { createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { dial } from '../../../src/connectors/wire/dial.ts'
import type { Failure } from '../../../src/exchange.ts'
import { tcpServer } from '../../servers/tcp.ts'

/** Below the ports that the system hands out by itself. */
const RANGE = { low: 20_000, high: 20_002, reserved: [] }
vi.mock('../../../src/machine.ts', async (original) => ({ ...(await original<object>()), localPortRange: () => RANGE }))

/** An address of the loopback for this test process alone, as far as can be: other tests use other ports of it. */
const own = (last: number) => `127.${1 + (process.pid % 200)}.7.${last}`
const OPTIONS = { host: '127.0.0.1', dns: {} }

/** Resolves with the socket, or with why there is none. */
function connect(port: number, localAddresses: readonly string[], host = OPTIONS.host): Promise<Socket | Failure> {
  return new Promise((resolve) => {
    const connected = (socket: Socket) => {
      onTestFinished(() => void socket.destroy())
      resolve(socket.on('error', () => {}))
    }
    dial({ ...OPTIONS, host, port, localAddresses }, { connected, failed: resolve })
  })
}

const inTurn = async (count: number, ...to: Parameters<typeof connect>) => {
  const ends: (Socket | Failure)[] = []
  for (let n = 0; n < count; n += 1) ends.push(await connect(...to))
  return ends
}
const addresses = (ends: readonly (Socket | Failure)[]) =>
  ends.map((end) => ('localAddress' in end ? end.localAddress : (end as Failure).class))
const portsOf = (ends: readonly (Socket | Failure)[]) => ends.map((end) => ('localPort' in end ? end.localPort : undefined))

test('addresses have their turns, and a port leads to several targets at once', async () => {
  const [one, other] = [await tcpServer(() => {}), await tcpServer(() => {})]
  const pool = [own(1), own(2)]
  const first = await inTurn(6, one.port, pool)
  expect(addresses(first)).toEqual([own(1), own(2), own(1), own(2), own(1), own(2)])
  const second = await inTurn(6, other.port, pool)
  expect(portsOf(second).toSorted()).toEqual([20_000, 20_000, 20_001, 20_001, 20_002, 20_002])
  expect(portsOf(first).toSorted()).toEqual(portsOf(second).toSorted())
  const [none] = await inTurn(1, one.port, pool)
  expect(none).toMatchObject({
    class: 'local_ports',
    phase: 'connect',
    message: expect.stringContaining('all ports of the 2 localAddresses'),
  })
  expect(one.accepted()).toBe(6)
})

test('a port is free again when its connection is closed, and an address without one is passed over', async () => {
  const { port } = await tcpServer(() => {})
  const pool = [own(3), own(4)]
  const held = await inTurn(3, port, [own(3)])
  expect(addresses(await inTurn(3, port, pool))).toEqual([own(4), own(4), own(4)])
  const [gone] = held as [Socket]
  await new Promise((resolve) => gone.once('close', resolve).resetAndDestroy())
  expect(addresses(await inTurn(2, port, pool))).toEqual([own(3), 'local_ports'])
})

test('a port that another process has is passed over, however it is used', async () => {
  const { port } = await tcpServer(() => {})
  const listener = createServer()
  await new Promise<void>((resolve) => listener.listen(20_001, own(5), resolve))
  onTestFinished(() => void listener.close())
  const ends = await inTurn(4, port, [own(5), own(6)])
  expect(addresses(ends)).toEqual([own(5), own(6), own(5), own(6)])
  expect(portsOf([ends[0], ends[2]] as Socket[]).toSorted()).toEqual([20_000, 20_002])
  expect(await connect(port, [own(5)])).toMatchObject({ class: 'local_ports' })
})

test('what is wrong with a local address is no matter of the target', async () => {
  const { port, accepted } = await tcpServer(() => {})
  expect(await connect(port, ['203.0.113.77'])).toMatchObject({
    class: 'local_address',
    phase: 'connect',
    message: expect.stringMatching(/EADDRNOTAVAIL 203.0.113.77.*list addresses in localAddresses that this machine has/),
  })
  expect(await connect(port, ['::1'])).toMatchObject({
    class: 'local_address',
    message: expect.stringContaining('no address of the family of 127.0.0.1'),
  })
  expect(accepted()).toBe(0)
})

test.each([false, true])(
  'a relay that has no file for a connection is the matter of this machine; shared reads: %s',
  async (sharedReads) => {
    // What the system does with a connection that it cannot accept for want of files.
    const { port } = await tcpServer((socket) => socket.destroy())
    const cancelled: number[] = []
    const way = { acted: new Set<string>(), causeOf: () => undefined, since: () => '', cancel: () => void cancelled.push(1) }
    const relay = { host: '127.0.0.1', port, lead: () => way }
    const failure = await new Promise<Failure>((failed, reject) => {
      const connected = () => reject(new Error('connected'))
      dial({ host: '127.0.0.1', port: 9, dns: {}, sharedReads, relay }, { connected, failed })
    })
    expect(failure).toMatchObject({ class: 'local_files', phase: 'connect' })
    expect(failure.message).toContain('relay of injected faults')
    expect(cancelled).toEqual([1])
  },
)
