import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { MqttLink } from '../../src/connectors/mqtt/link/link.ts'
import { mqtt } from '../../src/connectors/mqtt.ts'
import { type RawBroker, rawBroker, type Script } from '../servers/mqtt-raw.ts'
import { addressOf, eventLog, openContext } from './contract.ts'
import { line, refusal } from './mqtt-harness.ts'

let broker: RawBroker | undefined
const start = async (script?: Script, port?: number) => {
  broker = await rawBroker(script, port)
  return broker
}
afterEach(async () => {
  await broker?.stop()
  broker = undefined
})

const publish = (qos: 0 | 1 | 2, more: object = {}) => ({ publish: { topic: 't', payload: 'hello', qos, ...more } })

describe('acknowledgements', () => {
  test.each([0, 1, 2] as const)('QoS %i is ok, and sent once', async (qos) => {
    const { url, of, bytes } = await start()
    const one = await line(url)
    const before = bytes()
    const exchange = await one.step(publish(qos)).settled
    expect(exchange).toMatchObject({ outcome: 'ok', status: 0, failure: undefined })
    await vi.waitFor(() => expect(of('publish')).toMatchObject([{ topic: 't', qos, dup: false, retain: false }]))
    expect(exchange.bytesSent).toBe(qos === 0 ? 10 : 12)
    if (qos < 2) expect(bytes() - before).toBe(exchange.bytesSent)
    expect(of('pubrel')).toHaveLength(qos === 2 ? 1 : 0)
    await one.connection.close()
  })

  test.each([
    [1, 'publish', 'PUBACK'],
    [2, 'publish', 'PUBCOMP'],
    [2, 'pubrel', 'PUBCOMP'],
  ] as const)('QoS %i whose %s is never answered ends as mqtt_no_ack', async (qos, silentOn, packet) => {
    const { url, of } = await start(({ cmd }) => cmd === silentOn)
    const one = await line(url, { ackTimeout: '60ms' })
    const exchange = await one.step(publish(qos)).settled
    expect(exchange.failure).toMatchObject({ class: 'mqtt_no_ack', phase: 'headers', message: `no ${packet} within 60 ms` })
    expect(exchange.endedAt - exchange.sentAt).toBeGreaterThanOrEqual(58)
    await sleep(100)
    expect(of('publish')).toHaveLength(1)
    await one.connection.close()
  })

  test('a late PUBACK is not taken for that of the next publish', async () => {
    let first: number | undefined
    const { url } = await start((packet, { send }) => {
      if (packet.cmd !== 'publish') return false
      if (first === undefined) first = packet.messageId
      else send({ cmd: 'puback', messageId: first ?? 0 })
      return true
    })
    const one = await line(url, { ackTimeout: '60ms' })
    expect((await one.step(publish(1)).settled).failure?.class).toBe('mqtt_no_ack')
    expect((await one.step(publish(1)).settled).failure?.class).toBe('mqtt_no_ack')
    await one.connection.close()
  })

  test.each([
    [1, 135, 'mqtt_not_authorized'],
    [1, 151, 'mqtt_quota_exceeded'],
    [2, 144, 'mqtt_topic_name_invalid'],
    [2, 153, 'mqtt_payload_format_invalid'],
    [1, 199, 'bad_mqtt'],
  ] as const)('QoS %i refused with reason %i fails as %s', async (qos, reasonCode, failureClass) => {
    const { url } = await start((packet, { socket }) => {
      if (packet.cmd !== 'publish') return false
      const id = packet.messageId ?? 0
      socket.write(Buffer.from([qos === 1 ? 0x40 : 0x50, 4, id >> 8, id & 255, reasonCode, 0]))
      return true
    })
    const one = await line(url, { version: 5 })
    const exchange = await one.step(publish(qos)).settled
    expect(exchange.failure?.class).toBe(failureClass)
    // no standard has a reason 199: the packet is malformed
    expect(exchange.status).toBe(reasonCode === 199 ? undefined : reasonCode)
    await one.connection.close()
  })

  test('reason 16 is good, with a warning', async () => {
    const { url } = await start((packet, { send }) => {
      if (packet.cmd === 'publish') send({ cmd: 'puback', messageId: packet.messageId ?? 0, reasonCode: 16 })
      return packet.cmd === 'publish'
    })
    const one = await line(url, { version: 5 })
    const exchange = await one.step(publish(1)).settled
    expect([exchange.outcome, exchange.status, exchange.warnings]).toEqual(['ok', 16, ['no_matching_subscribers']])
    await one.connection.close()
  })

  test('dup marks what is sent again, and only above QoS 0', async () => {
    const { url, of } = await start()
    const one = await line(url)
    await one.step(publish(0, { dup: true })).settled
    await one.step(publish(1, { dup: true })).settled
    await vi.waitFor(() =>
      expect(of('publish').map(({ qos, dup }) => [qos, dup])).toEqual([
        [0, false],
        [1, true],
      ]),
    )
    await one.connection.close()
  })
})

describe('CONNACK', () => {
  test.each([
    [4, 1, 'mqtt_unacceptable_protocol_version'],
    [4, 2, 'mqtt_identifier_rejected'],
    [4, 3, 'mqtt_server_unavailable'],
    [4, 4, 'mqtt_bad_user_name_or_password'],
    [4, 5, 'mqtt_not_authorized'],
    [5, 134, 'mqtt_bad_user_name_or_password'],
    [5, 135, 'mqtt_not_authorized'],
    [5, 137, 'mqtt_server_busy'],
    [5, 151, 'mqtt_quota_exceeded'],
    [5, 159, 'mqtt_connection_rate_exceeded'],
  ] as const)('version %i, code %i is %s', async (version, code, failureClass) => {
    const { url, openSockets } = await start((_packet, { send }) => {
      send({ cmd: 'connack', sessionPresent: false, returnCode: code, reasonCode: code })
      return true
    })
    const { error, log } = await refusal(url, { version })
    expect(error).toMatchObject({ name: 'TargetError', class: failureClass, phase: 'connect' })
    expect(log).toEqual([`openFailed ${failureClass}`])
    await vi.waitFor(() => expect(openSockets()).toBe(0))
  })

  test('garbage in its place is bad_mqtt', async () => {
    const { url, openSockets } = await start((_packet, { socket }) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))
    expect((await refusal(url)).error).toMatchObject({ class: 'bad_mqtt', phase: 'connect' })
    await vi.waitFor(() => expect(openSockets()).toBe(0))
  })

  test('a broker that hangs up is closed_early, one that is not there refused', async () => {
    const { url, stop } = await start((_packet, { socket }) => !!socket.end())
    expect((await refusal(url)).error).toMatchObject({ class: 'closed_early', phase: 'connect' })
    await stop()
    expect((await refusal(url)).error).toMatchObject({ class: 'refused', phase: 'connect' })
  })

  test('a broker that says nothing is left when the signal says so', async () => {
    const { url, openSockets, of } = await start(() => true)
    const stop = new AbortController()
    const opening = line(url, {}, { signal: stop.signal })
    await vi.waitFor(() => expect(of('connect')).toHaveLength(1))
    stop.abort()
    await expect(opening).rejects.toMatchObject({ class: 'connect_timeout' })
    await vi.waitFor(() => expect(openSockets()).toBe(0))
  })

  test('a signal that comes just after CONNACK leaves no socket when opening has ended', async () => {
    const { url } = await start()
    const end = vi.spyOn(MqttLink.prototype, 'end')
    const stop = new AbortController()
    const options = {
      ...mqtt.options.parse({}),
      // It is read between CONNACK and the end of opening.
      get subscribe() {
        stop.abort()
        return []
      },
    }
    const { events, log } = eventLog()
    const opening = mqtt.open(options, openContext(addressOf(url), { events, signal: stop.signal }))
    await expect(opening).rejects.toMatchObject({ class: 'connect_timeout' })
    expect(end.mock.contexts).toMatchObject([{ over: true }])
    expect(log).toEqual([])
    end.mockRestore()
  })

  test('a refused subscription fails the connection', async () => {
    const { url, openSockets } = await start((packet, { send }) => {
      if (packet.cmd === 'subscribe') send({ cmd: 'suback', messageId: packet.messageId ?? 0, granted: [0, 135] })
      return packet.cmd === 'subscribe'
    })
    const { error, log } = await refusal(url, { version: 5, subscribe: ['a', 'b/+'] })
    expect(error).toMatchObject({
      class: 'mqtt_not_authorized',
      phase: 'subscribe',
      message: 'the broker refused the subscription to "b/+": not authorized (0x87)',
    })
    expect(log).toEqual(['openFailed mqtt_not_authorized'])
    await vi.waitFor(() => expect(openSockets()).toBe(0))
  })
})

describe('a connection that ends in the same read as the last answer to opening it', () => {
  // DISCONNECT: server shutting down
  const leaves = Buffer.from([0xe0, 1, 0x8b])
  const connack = Buffer.from([0x20, 3, 0, 0, 0])
  const suback = (id = 0) => Buffer.from([0x90, 4, id >> 8, id & 255, 0, 0])
  const endings = { DISCONNECT: [leaves, 'mqtt_server_shutting_down'], garbage: [Buffer.alloc(5, 0xff), 'bad_mqtt'] } as const

  test.each(['DISCONNECT', 'garbage'] as const)('SUBACK and %s: nothing was opened', async (what) => {
    const [bytes, failureClass] = endings[what]
    const { url, openSockets } = await start(
      ({ cmd, messageId }, { socket }) => cmd === 'subscribe' && socket.write(Buffer.concat([suback(messageId), bytes])),
    )
    const { error, log } = await refusal(url, { version: 5, subscribe: ['a'], reconnect: { base: '1ms' } })
    expect(error).toMatchObject({ name: 'TargetError', class: failureClass, phase: 'connect' })
    expect(log).toEqual([`openFailed ${failureClass}`])
    await vi.waitFor(() => expect(openSockets()).toBe(0))
  })

  test('CONNACK and DISCONNECT, without a subscription', async () => {
    const { url } = await start(({ cmd }, { socket }) => cmd === 'connect' && socket.write(Buffer.concat([connack, leaves])))
    const { error, log } = await refusal(url, { version: 5 })
    expect(error).toMatchObject({ class: 'mqtt_server_shutting_down', phase: 'connect' })
    expect(log).toEqual(['openFailed mqtt_server_shutting_down'])
  })

  test('while it reconnects, it tries again', async () => {
    let opened = 0
    const { url, reset } = await start(({ cmd, messageId }, { socket }) => {
      if (cmd !== 'subscribe') return false
      opened += 1
      return opened === 2 && socket.write(Buffer.concat([suback(messageId), leaves]))
    })
    const one = await line(url, { version: 5, subscribe: ['a'], reconnect: { base: '1ms' } })
    reset()
    await vi.waitFor(() => expect(one.log.at(-1)).toBe('reconnected'))
    expect(one.log).toEqual(['opened', 'lost reset', 'openFailed mqtt_server_shutting_down', 'opened', 'reconnected'])
    await one.connection.close()
  })
})

describe('a connection that is lost', () => {
  const silent: Script = ({ cmd }) => cmd === 'publish'

  test.each([1, 2] as const)(
    'an unacknowledged publish of QoS %i ends at once as mqtt_no_ack, and is never sent again',
    async (qos) => {
      const { url, of, reset } = await start(silent)
      const one = await line(url)
      const sent = one.step(publish(qos))
      await vi.waitFor(() => expect(of('publish')).toHaveLength(1))
      reset()
      const exchange = await sent.settled
      expect(exchange.failure).toMatchObject({ class: 'mqtt_no_ack', phase: 'headers', code: 'ECONNRESET' })
      expect(one.connection.gone).toBe(true)
      expect(one.log).toEqual(['opened', 'lost reset'])
      const again = await one.open()
      expect(one.log).toEqual(['opened', 'lost reset', 'opened', 'reconnected'])
      expect(of('publish')).toHaveLength(1)
      await again.close()
      expect(one.log.at(-1)).toBe('closed')
    },
  )

  test('what the broker says on leaving is the class', async () => {
    const { url } = await start((packet, { send, socket }) => {
      if (packet.cmd !== 'publish') return false
      send({ cmd: 'disconnect', reasonCode: 149, properties: { reasonString: 'at most 4 bytes' } })
      socket.end()
      return true
    })
    const one = await line(url, { version: 5 })
    const { failure } = await one.step(publish(1)).settled
    expect(failure).toMatchObject({ class: 'mqtt_packet_too_large', message: expect.stringContaining('at most 4 bytes') })
    expect(one.log).toEqual(['opened', 'lost mqtt_packet_too_large'])
  })

  test('DISCONNECT ends the session at once, though the socket stays open', async () => {
    let told = false
    const { url, of } = await start((packet, { socket }) => {
      if (told || packet.cmd !== 'publish') return false
      told = true
      socket.allowHalfOpen = true
      return socket.write(Buffer.from([0xe0, 1, 0x8b]))
    })
    const one = await line(url, { version: 5, ackTimeout: '10s' })
    expect((await one.step(publish(1)).settled).failure).toMatchObject({ class: 'mqtt_server_shutting_down', phase: 'headers' })
    expect([one.connection.gone, one.log]).toEqual([true, ['opened', 'lost mqtt_server_shutting_down']])
    const again = await one.open()
    expect(of('connect')).toHaveLength(2)
    await again.close()
  })

  test('garbage in mid-session is bad_mqtt and ends it', async () => {
    const { url, openSockets } = await start(
      (packet, { socket }) => packet.cmd === 'publish' && socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff])),
    )
    const one = await line(url)
    expect((await one.step(publish(1)).settled).failure?.class).toBe('bad_mqtt')
    expect(one.log).toEqual(['opened', 'lost bad_mqtt'])
    await vi.waitFor(() => expect(openSockets()).toBe(0))
  })

  test('a broker that answers no ping is gone', async () => {
    const { url, of } = await start(({ cmd }) => cmd === 'pingreq')
    const one = await line(url, { keepalive: '1s' })
    await vi.waitFor(() => expect(one.log).toEqual(['opened', 'lost mqtt_keep_alive_timeout']))
    expect(of('pingreq')).toHaveLength(1)
    expect((await one.step(publish(0)).settled).failure).toMatchObject({ class: 'mqtt_keep_alive_timeout', phase: 'send' })
  })

  test('reconnect begins with the loss, not with the next step', async () => {
    const first = await start(silent)
    const one = await line(first.url, { reconnect: { attempts: 20, base: '20ms', factor: 1, jitter: 'none' } })
    await first.stop()
    await vi.waitFor(() => expect(one.log.filter((event) => event === 'openFailed refused').length).toBeGreaterThan(1))
    const second = await start(undefined, first.port)
    await vi.waitFor(() => expect(one.log.slice(-2)).toEqual(['opened', 'reconnected']))
    expect(one.connection.gone).toBe(false)
    expect((await one.step(publish(1)).settled).outcome).toBe('ok')
    expect([second.of('connect').length, second.of('publish').length]).toEqual([1, 1])
    await one.connection.close()
  })

  test('a step that comes meanwhile waits for the connection', async () => {
    const first = await start(silent)
    const one = await line(first.url, { reconnect: { attempts: 50, base: '20ms', factor: 1, jitter: 'none' } })
    await first.stop()
    await vi.waitFor(() => expect(one.log).toContain('openFailed refused'))
    const waiting = one.step(publish(1))
    expect([waiting.exchange.outcome, one.connection.gone, one.connection.watchesConnecting]).toEqual([undefined, false, true])
    const second = await start(undefined, first.port)
    const exchange = await waiting.settled
    expect([exchange.outcome, exchange.connect?.handshakeMs]).toEqual(['ok', expect.any(Number)])
    expect(second.of('publish')).toHaveLength(1)
    await one.connection.close()
  })

  test('what a step subscribed to is subscribed to again', async () => {
    const { url, of, reset } = await start()
    const one = await line(url, { subscribe: ['a'], reconnect: { base: '1ms' } })
    await one.step({ subscribe: { topic: 'b', qos: 2 } }).settled
    await one.step({ subscribe: { topic: 'c' } }).settled
    await one.step({ unsubscribe: { topic: 'c' } }).settled
    reset()
    await vi.waitFor(() => expect(of('subscribe')).toHaveLength(4))
    expect(of('subscribe')[3]?.subscriptions).toMatchObject([
      { topic: 'b', qos: 2 },
      { topic: 'a', qos: 1 },
    ])
    await one.connection.close()
  })

  test('reconnect gives up, and the next step begins anew', async () => {
    const first = await start(silent)
    const one = await line(first.url, { reconnect: { attempts: 3, base: '1ms' } })
    await first.stop()
    await vi.waitFor(() => expect(one.connection.gone).toBe(true))
    const refusals = () => one.log.filter((event) => event === 'openFailed refused').length
    expect(refusals()).toBe(3)
    await expect(one.open()).rejects.toMatchObject({ class: 'refused' })
    expect(refusals()).toBe(6)
  })

  test('a try to connect after a loss takes at most 10 s, also when a step makes it', async () => {
    const first = await start(silent)
    const one = await line(first.url, { reconnect: { attempts: 1, base: '1ms' } })
    await first.stop()
    await vi.waitFor(() => expect(one.connection.gone).toBe(true))
    const { of } = await start(() => true, first.port)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const opening = one.open().catch((error: unknown) => error)
    await vi.waitFor(() => expect(of('connect')).toHaveLength(1))
    vi.advanceTimersByTime(10_000)
    const message = 'reconnecting took longer than 10000 ms'
    expect(await opening).toMatchObject({ class: 'connect_timeout', phase: 'connect', message })
  })

  test('leaving stops it', async () => {
    const first = await start(silent)
    const one = await line(first.url, { reconnect: { attempts: 1000, base: '5ms', factor: 1 } })
    await first.stop()
    await vi.waitFor(() => expect(one.log).toContain('openFailed refused'))
    const waiting = one.step(publish(1))
    await one.connection.close()
    expect([waiting.exchange.outcome, one.connection.gone]).toEqual(['cut', true])
    const second = await start(undefined, first.port)
    expect(second.of('connect')).toEqual([])
  })

  test('a step may end it: clean with a goodbye, abrupt with a reset', async () => {
    const { url, of, openSockets } = await start()
    const one = await line(url)
    expect((await one.step({ disconnect: 'clean' }).settled).outcome).toBe('ok')
    expect(one.connection.gone).toBe(true)
    await vi.waitFor(() => expect([of('disconnect').length, openSockets()]).toEqual([1, 0]))
    const two = await line(url, {}, { userId: 1 })
    expect((await two.step({ disconnect: 'abrupt' }).settled).outcome).toBe('ok')
    await vi.waitFor(() => expect(openSockets()).toBe(0))
    expect(of('disconnect')).toHaveLength(1)
    expect([one.log, two.log]).toEqual([
      ['opened', 'closed'],
      ['opened', 'closed'],
    ])
  })
})

test('close does not wait for a broker that keeps its side open', async () => {
  const { url, of } = await start((packet, { socket }) => {
    socket.allowHalfOpen = true
    return packet.cmd === 'publish'
  })
  const one = await line(url)
  const hung = one.step(publish(1))
  await vi.waitFor(() => expect(of('publish')).toHaveLength(1))
  // Waiting for the broker would never end.
  await one.connection.close()
  expect(hung.exchange.outcome).toBe('cut')
  expect(one.log).toEqual(['opened', 'closed'])
})
