/** What the broker states in CONNACK is kept: what goes beyond is never sent, and the message names the limit. */
import { afterEach, expect, test, vi } from 'vitest'
import { LocalError } from '../../src/errors.ts'
import { type RawBroker, rawBroker, type Script } from '../servers/mqtt-raw.ts'
import { line, refusal } from './mqtt-harness.ts'

let broker: RawBroker | undefined
afterEach(async () => {
  await broker?.stop()
  broker = undefined
})

/** A broker that states these limits. */
async function start(properties: object, act: Script = () => undefined) {
  broker = await rawBroker((packet, peer) => {
    if (packet.cmd !== 'connect') return act(packet, peer)
    peer.send({ cmd: 'connack', sessionPresent: false, returnCode: 0, reasonCode: 0, properties } as never)
    return true
  })
  return broker
}

const publish = (more: object) => ({ publish: { topic: 't', payload: 'x', ...more } })

test.each([
  [
    { maximumQoS: 1 },
    publish({ qos: 2 }),
    'the broker takes QoS 1 at most (maximum QoS), and this is QoS 2',
    publish({ qos: 1 }),
  ],
  [
    { maximumQoS: 0 },
    publish({ qos: 1 }),
    'the broker takes QoS 0 at most (maximum QoS), and this is QoS 1',
    publish({ qos: 0 }),
  ],
  [
    { retainAvailable: false },
    publish({ retain: true }),
    'the broker keeps no messages (retain available: 0), and this asks to be kept',
    publish({}),
  ],
  // fixed header 2, topic 3, id 2, properties 1, payload
  [
    { maximumPacketSize: 20 },
    publish({ payload: 'x'.repeat(13) }),
    'the broker takes packets of 20 bytes at most (maximum packet size), and this has 21',
    publish({ payload: 'x'.repeat(12) }),
  ],
  [
    { maximumPacketSize: 20 },
    publish({ payload: '', userProperties: { a: '1234567' } }),
    'the broker takes packets of 20 bytes at most (maximum packet size), and this has 21',
    publish({ payload: '', userProperties: { a: '123456' } }),
  ],
  [
    { maximumPacketSize: 20 },
    { subscribe: { topic: 'a'.repeat(12) } },
    'the broker takes packets of 20 bytes at most (maximum packet size), and this has 21',
    { subscribe: { topic: 'a'.repeat(11) } },
  ],
  [
    { wildcardSubscriptionAvailable: false },
    { subscribe: { topic: 'a/#' } },
    'the broker takes no wildcards (wildcard subscription available: 0), such as in a/#',
    { subscribe: { topic: 'a/b' } },
  ],
  [
    { sharedSubscriptionAvailable: false },
    { subscribe: { topic: '$share/g/a' } },
    'the broker takes no shared subscriptions (shared subscription available: 0), such as $share/g/a',
    { subscribe: { topic: 'share/g/a' } },
  ],
] as const)('%j: %j is refused here', async (properties, beyond, message, within) => {
  const { url, of } = await start(properties)
  const one = await line(url, { version: 5 })
  expect((await one.step(beyond).settled).failure).toEqual({ class: 'local_request', phase: 'send', message })
  expect([...of('publish'), ...of('subscribe')]).toEqual([])
  expect(one.connection.gone).toBe(false)
  expect((await one.step(within).settled).outcome).toBe('ok')
  expect(of('publish').every(({ length = 0 }) => length + 2 <= 20)).toBe(true)
  await one.connection.close()
})

test('the topics of the target are held to it on connecting', async () => {
  const { url, of } = await start({ wildcardSubscriptionAvailable: false })
  const { error } = await refusal(url, { version: 5, subscribe: ['a/+'] })
  expect(error).toBeInstanceOf(LocalError)
  expect(error).toMatchObject({ message: expect.stringContaining('wildcard subscription available: 0') })
  expect(of('subscribe')).toEqual([])
})

test('a topic that a template has made, and that is no filter, never leaves', async () => {
  const { url, of } = await start({})
  const one = await line(url)
  for (const topic of ['a/#/b', 'a+', '$share/a', 'x\0'])
    expect((await one.send({ kind: 'subscribe', topic, qos: 1 }).settled).failure).toMatchObject({ class: 'local_request' })
  expect((await one.send({ kind: 'unsubscribe', topic: 'a#' }).settled).failure).toMatchObject({ class: 'local_request' })
  expect([...of('subscribe'), ...of('unsubscribe')]).toEqual([])
  await one.connection.close()
})

test.each([
  [1, 3, 10],
  [2, 3, 10],
  [1, undefined, 50],
  [0, 1, 20],
] as const)(
  'copies of QoS %i with receive maximum %s: never more in flight, all arrive, one attempt',
  async (qos, receiveMaximum, copies) => {
    let open = 0
    let most = 0
    const { url, of } = await start({ ...(receiveMaximum && { receiveMaximum }) }, (packet, { send }) => {
      const messageId = packet.messageId ?? 0
      if (packet.cmd === 'publish' && qos > 0) {
        open += 1
        most = Math.max(most, open)
        // Answered later, so that what may be in flight together is.
        setImmediate(() => send(qos === 1 ? { cmd: 'puback', messageId } : { cmd: 'pubrec', messageId }))
        if (qos === 1) setImmediate(() => (open -= 1))
        return true
      }
      if (packet.cmd === 'pubrel') open -= 1
      return false
    })
    const one = await line(url, { version: 5 })
    const exchange = await one.step(publish({ qos, copies })).settled
    expect(exchange).toMatchObject({ outcome: 'ok', status: 0, warnings: [] })
    await vi.waitFor(() => expect(of('publish')).toHaveLength(copies))
    if (qos > 0) expect(new Set(of('publish').map(({ messageId }) => messageId)).size).toBe(copies)
    expect(most).toBeLessThanOrEqual(receiveMaximum ?? copies)
    if (qos > 0) expect(most).toBeGreaterThan(1)
    expect(exchange.bytesSent).toBeGreaterThanOrEqual(copies * 7)
    await one.connection.close()
  },
)

test('one refusal among the copies is the verdict', async () => {
  let seen = 0
  const { url } = await start({}, (packet, { send }) => {
    if (packet.cmd !== 'publish') return false
    seen += 1
    send({ cmd: 'puback', messageId: packet.messageId ?? 0, reasonCode: seen === 4 ? 151 : 0 })
    return true
  })
  const one = await line(url, { version: 5 })
  expect((await one.step(publish({ copies: 6 })).settled).failure?.class).toBe('mqtt_quota_exceeded')
  expect((await one.step(publish({})).settled).outcome).toBe('ok')
  await one.connection.close()
})

test('publishes that were never acknowledged count against the receive maximum: the next one is not sent', async () => {
  const { url, of } = await start({ receiveMaximum: 2 }, ({ cmd }) => cmd === 'publish')
  const one = await line(url, { version: 5, ackTimeout: '30ms' })
  for (let n = 0; n < 2; n += 1)
    expect((await one.step(publish({})).settled).failure).toMatchObject({ class: 'mqtt_no_ack', phase: 'headers' })
  const { failure, sentAt } = await one.step(publish({})).settled
  expect(failure).toMatchObject({ class: 'mqtt_no_ack', phase: 'send', message: expect.stringContaining('receive maximum') })
  expect([sentAt, of('publish').length]).toEqual([Number.NaN, 2])
  expect((await one.step(publish({ qos: 0 })).settled).outcome).toBe('ok')
  await one.connection.close()
})

test('copies wait for acknowledgements only', async () => {
  const one = await start({}).then(({ url }) => line(url))
  expect(() => one.step({ publish: { topic: 't', copies: 2 }, await: 'echo' })).toThrow(/await: ack/)
  await one.connection.close()
})

test('ten thousand copies in flight are all acknowledged', async () => {
  const { url, of } = await start({ receiveMaximum: 20_000 })
  const one = await line(url, { version: 5 })
  const exchange = await one.step(publish({ copies: 10_000 })).settled
  expect([exchange.outcome, of('publish').length]).toEqual(['ok', 10_000])
  await one.connection.close()
})
