/** A publish whose connection is lost before its acknowledgement: sent once more in the same session, or failed as it always was. */
import type { IPublishPacket } from 'mqtt-packet'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { goBy } from '../../src/clock.ts'
import { mqtt } from '../../src/connectors/mqtt.ts'
import { type Peer, type RawBroker, rawBroker, type Script } from '../servers/mqtt-raw.ts'
import { HandClock } from '../support/hand-clock.ts'
import { timedTest } from '../support/quiet.ts'
import { runScenario } from '../support/run.ts'
import { addressOf, trial } from './contract.ts'
import { line } from './mqtt-harness.ts'

let broker: RawBroker | undefined
afterEach(async () => {
  await broker?.stop()
  broker = undefined
})

/** A broker that keeps the session of everybody who came before, unless told otherwise, and does with publishes what `act` says. */
async function start(act: (packet: Parameters<Script>[0], peer: Peer) => boolean | undefined, { keeps = true, port = 0 } = {}) {
  const known = new Set<string>()
  broker = await rawBroker((packet, peer) => {
    if (packet.cmd !== 'connect') return act(packet, peer)
    peer.send({ cmd: 'connack', sessionPresent: keeps && known.has(packet.clientId), returnCode: 0, reasonCode: 0 })
    known.add(packet.clientId)
    return true
  }, port)
  return broker
}

const KEPT = {
  4: { version: 4, clean: false, resend: true },
  5: { version: 5, clean: false, sessionExpiry: '1m', resend: true },
} as const
const publish = (qos: 1 | 2, more: object = {}) => ({ publish: { topic: 't', payload: 'hello', qos, ...more } })
const marks = (packets: readonly IPublishPacket[]) => packets.map(({ dup, messageId }) => [dup, messageId])

/** Resets the connection at the first of some packets, and lets later ones pass. */
function dropFirst(cmd: 'publish' | 'pubrel', times = 1): Script {
  let seen = 0
  return (packet, { socket }) => {
    if (packet.cmd !== cmd || seen >= times) return false
    seen += 1
    socket.resetAndDestroy()
    return true
  }
}

describe('a session that is resumed', () => {
  test.each([
    [4, 1],
    [4, 2],
    [5, 1],
    [5, 2],
  ] as const)(
    'version %i, QoS %i: the publish goes out again with DUP and its packet id, as one attempt',
    async (version, qos) => {
      const { url, of } = await start(dropFirst('publish'))
      const one = await line(url, KEPT[version])
      const exchange = await one.step(publish(qos)).settled
      expect(exchange).toMatchObject({ outcome: 'ok', status: 0, failure: undefined, warnings: ['resent'] })
      const [first, second, ...more] = of('publish')
      expect(more).toEqual([])
      expect([first?.dup, second?.dup]).toEqual([false, true])
      expect(second).toEqual({ ...first, dup: true })
      expect(of('pubrel').map(({ messageId }) => messageId)).toEqual(qos === 2 ? [first?.messageId] : [])
      expect(one.log).toEqual(['opened', 'lost reset', 'opened', 'reconnected'])
      // fixed header, topic, packet id and payload, twice; version 5 has an empty list of properties; PUBREL
      expect(exchange.bytesSent).toBeGreaterThanOrEqual(2 * (version === 5 ? 13 : 12))
      expect((await one.step(publish(qos)).settled).warnings).toEqual([])
      expect(one.connection.gone).toBe(false)
      await one.connection.close()
      expect(one.log.at(-1)).toBe('closed')
    },
  )

  test.each([4, 5] as const)('version %i, QoS 2: after PUBREC only the PUBREL goes out again', async (version) => {
    const { url, of } = await start(dropFirst('pubrel'))
    const one = await line(url, KEPT[version])
    const exchange = await one.step(publish(2)).settled
    expect(exchange).toMatchObject({ outcome: 'ok', failure: undefined, warnings: ['pubrel_resent'] })
    const [sent] = of('publish')
    expect(marks(of('publish'))).toEqual([[false, sent?.messageId]])
    expect(of('pubrel').map(({ messageId }) => messageId)).toEqual([sent?.messageId, sent?.messageId])
    await one.connection.close()
  })

  test('subscriptions are made again first, under ids of their own', async () => {
    const { url, packets, of } = await start(dropFirst('publish'))
    const one = await line(url, { ...KEPT[4], subscribe: ['a', 'b'] })
    expect((await one.step(publish(1)).settled).outcome).toBe('ok')
    expect(packets.map(({ cmd }) => cmd)).toEqual(['connect', 'subscribe', 'publish', 'connect', 'subscribe', 'publish'])
    const [sent] = of('publish')
    expect(of('subscribe')[1]?.messageId).not.toBe(sent?.messageId)
    expect(marks(of('publish'))).toEqual([
      [false, sent?.messageId],
      [true, sent?.messageId],
    ])
    await one.connection.close()
  })

  test('its reply is waited for as before', async () => {
    const drop = dropFirst('publish')
    const { url } = await start((packet, peer) => {
      if (packet.cmd !== 'publish' || drop(packet, peer)) return packet.cmd === 'publish'
      peer.send({ cmd: 'puback', messageId: packet.messageId ?? 0 })
      const { id } = JSON.parse(packet.payload.toString())
      peer.send({ cmd: 'publish', topic: 'out', payload: JSON.stringify({ id }), qos: 0, retain: false, dup: false })
      return true
    })
    const one = await line(url, { ...KEPT[4], topic: 'in', reply: { topic: 'out', correlation: { send: 'id', receive: 'id' } } })
    const asked = one.step({ publish: { payload: { json: {} } }, await: 'reply' })
    expect(await asked.settled).toMatchObject({ outcome: 'ok', warnings: ['resent'] })
    await one.connection.close()
  })

  test('a reason code of the second acknowledgement is the verdict', async () => {
    const drop = dropFirst('publish')
    const { url } = await start((packet, peer) => {
      if (packet.cmd !== 'publish') return false
      if (!drop(packet, peer)) peer.send({ cmd: 'puback', messageId: packet.messageId ?? 0, reasonCode: 151 })
      return true
    })
    const one = await line(url, KEPT[5])
    expect((await one.step(publish(1)).settled).failure?.class).toBe('mqtt_quota_exceeded')
    await one.connection.close()
  })

  test('waits between its tries as reconnect says', async () => {
    const first = await start(({ cmd }) => cmd === 'publish')
    const one = await line(first.url, { ...KEPT[4], reconnect: { attempts: 50, base: '10ms', factor: 1, jitter: 'none' } })
    const sent = one.step(publish(1))
    await vi.waitFor(() => expect(first.of('publish')).toHaveLength(1))
    await first.stop()
    await vi.waitFor(() => expect(one.log.filter((event) => event === 'openFailed refused').length).toBeGreaterThan(1))
    const second = await rawBroker((packet, { send }) => {
      if (packet.cmd === 'connect') send({ cmd: 'connack', sessionPresent: true, returnCode: 0 })
      return packet.cmd === 'connect'
    }, first.port)
    broker = second
    expect(await sent.settled).toMatchObject({ outcome: 'ok', warnings: ['resent'] })
    expect(marks(second.of('publish'))).toEqual([[true, first.of('publish')[0]?.messageId]])
    expect(one.log.slice(-2)).toEqual(['opened', 'reconnected'])
    await one.connection.close()
  })
})

describe('no second time', () => {
  test('without the session it is lost, and the new connection serves the next one', async () => {
    const { url, of } = await start(dropFirst('publish'), { keeps: false })
    const one = await line(url, KEPT[4])
    const exchange = await one.step(publish(1)).settled
    expect(exchange.failure).toMatchObject({ class: 'mqtt_no_ack', phase: 'headers', code: 'ECONNRESET' })
    expect(exchange.warnings).toEqual([])
    expect(of('publish')).toHaveLength(1)
    expect(one.connection.gone).toBe(false)
    expect((await one.step(publish(1)).settled).outcome).toBe('ok')
    expect(of('connect')).toHaveLength(2)
    expect(one.log).toEqual(['opened', 'lost reset', 'opened', 'reconnected'])
    await one.connection.close()
  })

  test('packet ids go on where the lost connection was: no publish bears that of one the session still knows', async () => {
    const { url, of } = await start(dropFirst('pubrel'))
    const one = await line(url, { clean: false, qos: 2 })
    expect((await one.step(publish(2)).settled).failure?.class).toBe('mqtt_no_ack')
    const again = await one.open()
    const second = trial()
    again.send(mqtt.fromStep(mqtt.request.parse(publish(2)), addressOf(url), mqtt.options.parse({})), second.exchange)
    expect((await second.settled).outcome).toBe('ok')
    const ids = of('publish').map(({ messageId }) => messageId)
    expect(ids).toEqual([1, 2])
    await again.close()
  })

  test('not unless asked for', async () => {
    const { url, of } = await start(dropFirst('publish'))
    const one = await line(url, { clean: false })
    expect((await one.step(publish(1)).settled).failure?.class).toBe('mqtt_no_ack')
    expect(one.connection.gone).toBe(true)
    expect([of('publish').length, of('connect').length]).toEqual([1, 1])
  })

  test('lost again, it fails', async () => {
    const { url, of } = await start(dropFirst('publish', 2))
    const one = await line(url, KEPT[4])
    expect(await one.step(publish(1)).settled).toMatchObject({ failure: { class: 'mqtt_no_ack' }, warnings: ['resent'] })
    expect(of('publish').map(({ dup }) => dup)).toEqual([false, true])
    expect(of('connect')).toHaveLength(2)
    expect(one.log).toEqual(['opened', 'lost reset', 'opened', 'reconnected', 'lost reset'])
  })

  test.each([
    [1, 'publish', 4, 'ok'],
    [2, 'publish', 4, 'ok'],
    [2, 'pubrel', 4, 'ok'],
    [1, 'publish', 5, 'mqtt_no_ack'],
  ] as const)('resend: 4, QoS %i, its %s lost %i times: %s', async (qos, cmd, times, ended) => {
    const { url, of } = await start(dropFirst(cmd, times))
    const one = await line(url, { ...KEPT[4], resend: 4 })
    const exchange = await one.step(publish(qos)).settled
    expect([exchange.failure?.class ?? 'ok', exchange.warnings]).toEqual([
      ended,
      [cmd === 'publish' ? 'resent' : 'pubrel_resent'],
    ])
    expect(new Set(of(cmd).map(({ messageId }) => messageId)).size).toBe(1)
    expect([of(cmd).length, of('connect').length]).toEqual([5, 5])
    await one.connection.close()
  })

  timedTest('what is not acknowledged after all ends at the deadline of the first time', async () => {
    const drop = dropFirst('publish')
    const { url, of } = await start((packet, peer) => packet.cmd === 'publish' && (drop(packet, peer) || true))
    const one = await line(url, { ...KEPT[4], ackTimeout: '250ms' })
    const exchange = await one.step(publish(1)).settled
    expect(exchange).toMatchObject({
      failure: { class: 'mqtt_no_ack', message: 'no PUBACK within 250 ms' },
      warnings: ['resent'],
    })
    expect(exchange.endedAt - exchange.sentAt).toBeGreaterThanOrEqual(248)
    expect(exchange.endedAt - exchange.sentAt).toBeLessThan(450)
    expect(of('publish')).toHaveLength(2)
    await one.connection.close()
  })

  test('a broker that does not let it back in cannot hold it beyond the deadline', async () => {
    let connects = 0
    const silent = await rawBroker((packet, { socket }) => {
      if (packet.cmd === 'publish') return !!socket.resetAndDestroy()
      connects += packet.cmd === 'connect' ? 1 : 0
      return packet.cmd === 'connect' && connects > 1
    })
    broker = silent
    // The deadline must not come before the broker has been asked again.
    const clock = new HandClock()
    onTestFinished(goBy(clock))
    const one = await line(silent.url, { ...KEPT[4], ackTimeout: '200ms' })
    const sent = one.step(publish(1))
    await vi.waitFor(() => expect(connects).toBe(2))
    clock.pass(199)
    expect(sent.exchange.settled).toBe(false)
    clock.pass(1)
    const exchange = await sent.settled
    expect(exchange).toMatchObject({ failure: { class: 'mqtt_no_ack', message: 'no PUBACK within 200 ms' }, warnings: [] })
    await vi.waitFor(() => expect(silent.openSockets()).toBe(0))
    expect(one.connection.gone).toBe(true)
    expect([silent.of('publish').length, connects, one.log]).toEqual([1, 2, ['opened', 'lost reset']])
  })

  test('a broker that is gone fails it as it always did', async () => {
    const { url, of, stop } = await start(({ cmd }) => cmd === 'publish')
    const one = await line(url, KEPT[4])
    const sent = one.step(publish(1))
    await vi.waitFor(() => expect(of('publish')).toHaveLength(1))
    await stop()
    expect((await sent.settled).failure).toMatchObject({ class: 'mqtt_no_ack' })
    expect(one.log).toEqual(['opened', expect.stringMatching(/^lost /), 'openFailed refused'])
  })

  test('a user who leaves meanwhile takes it along', async () => {
    let connects = 0
    broker = await rawBroker((packet, { socket }) => {
      if (packet.cmd === 'publish') return !!socket.resetAndDestroy()
      connects += packet.cmd === 'connect' ? 1 : 0
      return packet.cmd === 'connect' && connects > 1
    })
    const one = await line(broker.url, KEPT[4])
    const sent = one.step(publish(1))
    await vi.waitFor(() => expect(connects).toBe(2))
    await one.connection.close()
    expect(sent.exchange.outcome).toBe('cut')
    await vi.waitFor(() => expect(broker?.openSockets()).toBe(0))
    expect(one.log).toEqual(['opened', 'lost reset'])
  })
})

test('a run: what the broker saw, DUPs among it, is what burn says', async () => {
  const cut = new Set([4, 9, 10, 17, 23])
  let seen = 0
  const { url, of } = await start((packet, { socket }) => {
    if (packet.cmd !== 'publish') return false
    seen += 1
    return cut.has(seen) && !!socket.resetAndDestroy()
  })
  const { result, attempts } = await runScenario({
    name: 'resend',
    target: { url, protocol: 'mqtt', mqtt: { ...KEPT[4], ackTimeout: '5s' } },
    load: [{ users: 3, iterations: 30, for: '20s' }],
    steps: [{ request: { publish: { topic: 't/%i', payload: '{{iteration.index}}' } } }],
  } as never)
  const failed = attempts.filter(({ exchange }) => exchange.failure)
  const dups = of('publish').filter(({ dup }) => dup)
  expect(attempts).toHaveLength(30)
  expect(result.warnings.resent).toBe(dups.length)
  expect(of('publish')).toHaveLength(30 + dups.length)
  expect(result.connectionMetrics).toMatchObject({
    reconnectionCount: 5,
    lostInFlight: 5,
    successfulConnections: 8,
    openConnections: 0,
  })
  // each loss led to a second try; one that met the next loss there failed
  expect(dups.length + failed.length).toBeGreaterThanOrEqual(5)
  expect(failed.every(({ exchange }) => exchange.failure?.class === 'mqtt_no_ack' && exchange.warnings.includes('resent'))).toBe(
    true,
  )
  expect(result.total.counts).toMatchObject({ ok: 30 - failed.length, failed: failed.length })
})

test.each([
  [{ resend: true }, 'resend needs clean: false'],
  [{ resend: true, clean: false, version: 5 }, 'resend needs sessionExpiry'],
  [{ resend: true, clean: false, version: 5, sessionExpiry: '0s' }, 'resend needs sessionExpiry'],
] as const)('%j is refused', (options, message) => {
  const parsed = mqtt.options.safeParse(options)
  expect(parsed.error?.issues).toMatchObject([{ path: ['resend'], message: expect.stringContaining(message) }])
})
