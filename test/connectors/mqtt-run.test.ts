/** Whole runs over MQTT: what the result says is what the broker saw. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Broker, type BrokerOptions, startBroker } from '../servers/mqtt-broker.ts'
import { rawBroker } from '../servers/mqtt-raw.ts'
import { untilAtMost } from '../support/handles.ts'
import { runScenario } from '../support/run.ts'
import { drawn } from '../support/share.ts'
import { line, refusal } from './mqtt-harness.ts'

let broker: Broker | undefined
const start = async (options?: BrokerOptions) => {
  broker = await startBroker(options)
  return broker
}
afterEach(async () => {
  await broker?.stop()
  broker = undefined
})

const scenario = (url: string, mqtt: object, steps: object[], iterations = 20) => ({
  name: 'mqtt',
  target: { url, protocol: 'mqtt', mqtt, timeouts: { firstByte: '2s' } },
  load: [{ users: 4, iterations, for: '20s' }],
  steps,
})

describe('runs', () => {
  test.each([0, 1, 2] as const)('QoS %i: every publish arrives once and is counted once', async (qos) => {
    const { url, published, clientIds } = await start()
    const steps = [{ request: { publish: { topic: 't/%i', payload: { json: { at: '{{iteration.index}}' } }, qos } } }]
    const { result, attempts } = await runScenario(scenario(url, {}, steps) as never)
    expect(attempts.map(({ exchange }) => exchange.outcome)).toEqual(Array(20).fill('ok'))
    expect(result.successfulMessages).toBe(20)
    await vi.waitFor(() => expect(published).toHaveLength(20))
    expect(new Set(published.map(({ text }) => text)).size).toBe(20)
    expect(published.every((one) => one.qos === qos && /^t\/[0-3]$/.test(one.topic))).toBe(true)
    expect(new Set(clientIds).size).toBe(clientIds.length)
    expect(clientIds.every((id) => /^burn-[0-9a-f]{8}-[0-3]$/.test(id))).toBe(true)
    for (const { exchange } of attempts) {
      const moments = [exchange.intended, exchange.sentAt, exchange.firstByteAt, exchange.endedAt]
      expect(moments).toEqual(moments.toSorted((a, b) => a - b))
    }
  })

  test('a message waits for its reply, and its text is the text of the turn', async () => {
    const { url, published } = await start({
      onMessage: ({ client, text, say }) => {
        const { message, id } = JSON.parse(text) as { message: string; id: string }
        setTimeout(() => say(`replies/${client.id}`, JSON.stringify({ id, response: `you said ${message}` })), 20)
      },
    })
    const options = { topic: 'chat/in', reply: { topic: 'replies/%c', correlation: { send: 'id', receive: 'id' } } }
    const steps = [{ message: 'hello {{iteration.index}}', expect: [{ contains: 'you said hello' }] }]
    const { attempts } = await runScenario(scenario(url, options, steps) as never)
    expect(attempts.map(({ exchange }) => exchange.failure)).toEqual(Array(20).fill(undefined))
    expect(published).toHaveLength(20)
    for (const { exchange } of attempts) expect(exchange.endedAt - exchange.sentAt).toBeGreaterThan(18)
  })

  test('a message without a reply topic is complete when it was acknowledged', async () => {
    const { url, published } = await start()
    const { attempts } = await runScenario(scenario(url, { topic: 'chat/in' }, [{ message: 'hello' }]) as never)
    expect(attempts.map(({ exchange }) => exchange.outcome)).toEqual(Array(20).fill('ok'))
    expect(published).toHaveLength(20)
  })

  test('a reply that never comes fails, the acknowledgement notwithstanding', async () => {
    const { url } = await start()
    const input = scenario(url, { topic: 'in', reply: { topic: 'out/%c' } }, [{ message: 'hi' }], 4)
    const { attempts } = await runScenario({ ...input, target: { ...input.target, timeouts: { firstByte: '150ms' } } } as never)
    expect(attempts.map(({ exchange }) => exchange.failure?.class)).toEqual(Array(4).fill('timeout_headers'))
  })

  test('an echo measures the way there and back', async () => {
    const { url } = await start()
    const steps = [{ request: { publish: { topic: 'loop/%c', payload: { json: {} } }, await: 'echo' } }]
    const { attempts } = await runScenario(scenario(url, { idPath: 'id', subscribe: ['loop/%c'] }, steps) as never)
    expect(attempts.map(({ exchange }) => exchange.outcome)).toEqual(Array(20).fill('ok'))
    for (const { exchange } of attempts) expect(exchange.bytesReceived).toBeGreaterThan(10)
  })
})

describe('a broker that dies in mid-run', () => {
  test('nothing is acknowledged that was not, and what failed is named', async () => {
    let acks = 0
    let seen = 0
    const dying = await rawBroker((packet, { send }) => {
      if (packet.cmd !== 'publish') return false
      seen += 1
      // every third publish is swallowed
      if (seen % 3 === 0) return true
      acks += 1
      send({ cmd: 'puback', messageId: packet.messageId ?? 0 })
      return true
    })
    const input = scenario(
      dying.url,
      { ackTimeout: '1h', clean: false },
      [{ request: { publish: { topic: 't', payload: 'x' } } }],
      30,
    )
    const running = runScenario(input as never)
    await vi.waitFor(() => expect(seen - acks).toBe(4))
    dying.reset()
    await vi.waitFor(() => expect(seen - acks).toBe(8), 5000)
    await dying.stop()
    const { result, attempts } = await running
    const classes = attempts.map(({ exchange }) => exchange.failure?.class ?? 'ok')
    expect(classes.filter((one) => one === 'ok')).toHaveLength(acks)
    expect(classes.filter((one) => one === 'mqtt_no_ack')).toHaveLength(8)
    expect(new Set(classes)).toEqual(new Set(['ok', 'mqtt_no_ack', 'refused']))
    expect(dying.of('publish')).toHaveLength(seen)
    expect(dying.of('publish').every(({ dup }) => !dup)).toBe(true)
    expect(attempts.filter(({ exchange }) => !Number.isNaN(exchange.sentAt))).toHaveLength(seen)
    expect(result.connectionMetrics).toMatchObject({
      reconnectionCount: 4,
      successfulConnections: 8,
      lostInFlight: 8,
      openConnections: 0,
    })
  })
})

describe('who comes in', () => {
  test.each([
    ['basic', { authorization: `Basic ${Buffer.from('ann:se:cret').toString('base64')}` }, 'ann'],
    ['bearer', { authorization: 'Bearer se:cret' }, 'bearer'],
    ['key and secret', { 'x-api-key': 'ann', 'x-api-secret': 'se:cret' }, 'ann'],
  ])('%s', async (_name, headers, username) => {
    const { url, usernames } = await start({ password: 'se:cret' })
    const one = await line(url, {}, { headers })
    expect(usernames).toEqual([username])
    await one.connection.close()
    expect((await refusal(url, {}, { authorization: 'Bearer wrong' })).error).toMatchObject({ class: 'mqtt_not_authorized' })
  })

  test('the will is published when the connection is reset, not when it is closed', async () => {
    const { url } = await start()
    const watcher = await line(url, { subscribe: ['wills/#'] }, { userId: 1 })
    const will = { topic: 'wills/%i', payload: 'gone' }
    const polite = await line(url, { will }, { userId: 2 })
    await polite.connection.close()
    const rude = await line(url, { will }, { userId: 3 })
    await rude.step({ disconnect: 'abrupt' }).settled
    const heard = watcher.step({ expectMessage: { topic: 'wills/3' } })
    expect([(await heard.settled).outcome, heard.text()]).toEqual(['ok', 'gone'])
    const never = watcher.step({ expectMessage: { topic: 'wills/2' } })
    await watcher.connection.close()
    expect(never.exchange.outcome).toBe('cut')
  })
})

test('hundreds of connections leave nothing behind', async () => {
  const { url, openSockets, clientIds } = await start()
  const handles = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = handles()
  const count = drawn(1000)
  for (let n = 0; n < count; n += 1) {
    const one = await line(url, {}, { userId: n })
    if (n % 100 === 0) await one.step({ publish: { topic: 't', payload: 'x' } }).settled
    await one.connection.close()
  }
  await vi.waitFor(() => expect(openSockets()).toBe(0))
  expect(new Set(clientIds).size).toBe(count)
  await untilAtMost(before + 2, handles)
})
