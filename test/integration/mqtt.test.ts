/** Runs against Mosquitto, with the client library itself as an independent witness. */
import { connectAsync, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Control } from '../../src/engine/schedule/control.ts'
import { line, refusal } from '../connectors/mqtt-harness.ts'
import { ackCounter } from '../servers/mqtt-ack-counter.ts'
import { ackThief } from '../servers/mqtt-ack-thief.ts'
import { runScenario } from '../support/run.ts'
import { type Mosquitto, mosquitto } from './mosquitto.ts'

let broker: Mosquitto
beforeAll(async () => {
  broker = await mosquitto()
  await broker.start()
})
afterAll(() => broker.remove())

async function witness(topic: string, onMessage?: (client: MqttClient, payload: Buffer, properties: object) => void) {
  const heard: string[] = []
  const client = await connectAsync(broker.url, { protocolVersion: 5, reconnectPeriod: 20 })
  client.on('error', () => {})
  client.on('message', (_topic, payload, { properties }) => {
    heard.push(payload.toString())
    onMessage?.(client, payload, properties ?? {})
  })
  await client.subscribeAsync(topic, { qos: 2 })
  return { heard, end: () => client.endAsync(true) }
}

const scenario = (mqtt: object, steps: object[], load: object[], url = broker.url) =>
  ({ name: 'mqtt', target: { url, protocol: 'mqtt', mqtt, timeouts: { firstByte: '5s' } }, load, steps }) as never

describe.each([4, 5] as const)('version %i', (version) => {
  test.each([0, 1, 2] as const)('QoS %i: what is ok is what arrived', async (qos) => {
    const { heard, end } = await witness(`count/${version}/${qos}`)
    const publish = { topic: `count/${version}/${qos}`, payload: '{{iteration.index}}', qos }
    const { attempts } = await runScenario(
      scenario({ version }, [{ request: { publish } }], [{ users: 5, iterations: 300, for: '60s' }]),
    )
    expect(attempts.map(({ exchange }) => exchange.failure)).toEqual(Array(300).fill(undefined))
    await vi.waitFor(() => expect(heard).toHaveLength(300))
    expect(new Set(heard).size).toBe(300)
    await end()
  })

  test('an echo over a WebSocket', async () => {
    const options = { version, idPath: 'id', subscribe: ['echo/%c'] }
    const step = { request: { publish: { topic: 'echo/%c', payload: { json: {} } }, await: 'echo' } }
    const { attempts } = await runScenario(scenario(options, [step], [{ users: 3, iterations: 30, for: '30s' }], broker.wsUrl))
    expect(attempts.map(({ exchange }) => exchange.failure)).toEqual(Array(30).fill(undefined))
  })
})

test('request and response by the properties of version 5', async () => {
  const { heard, end } = await witness('ask', (client, payload, properties) => {
    const { responseTopic = '', correlationData } = properties as { responseTopic?: string; correlationData?: Buffer }
    client.publish(responseTopic, JSON.stringify({ response: `re: ${payload}` }), {
      properties: { correlationData: correlationData ?? Buffer.alloc(0) },
    })
  })
  const options = { version: 5, topic: 'ask', reply: { topic: 'answers/%c', correlation: 'property' } }
  const { attempts } = await runScenario(
    scenario(options, [{ message: 'hello', expect: [{ contains: 'hello' }] }], [{ users: 4, iterations: 100, for: '30s' }]),
  )
  expect(attempts.map(({ exchange }) => exchange.failure)).toEqual(Array(100).fill(undefined))
  expect(heard).toHaveLength(100)
  await end()
})

test('the broker is killed and comes back: every failure is shown, nothing is sent twice', async () => {
  const { heard, end } = await witness('crash')
  const proxy = await ackCounter(broker.url)
  const publish = { topic: 'crash', payload: '{{user.id}}/{{iteration.index}}', qos: 1 }
  const usersAmong = (payloads: readonly string[]) => new Set(payloads.map((payload) => payload.split('/')[0])).size
  let control: Control | undefined
  const running = runScenario(
    scenario(
      { ackTimeout: '1m', clean: false },
      [{ request: { publish } }, { delay: '2ms' }],
      [{ users: 5, for: '2m' }],
      proxy.url,
    ),
    {
      during(begun) {
        control = begun
      },
    },
  )
  await vi.waitFor(() => expect([heard.length > 100, usersAmong(heard)]).toEqual([true, 5]))
  await broker.kill()
  await vi.waitFor(() => expect(proxy.unreached()).toBeGreaterThan(5))
  const before = heard.length
  await broker.start()
  await vi.waitFor(() => expect(usersAmong(heard.slice(before))).toBe(5))
  control?.stop('finished')
  const { result, attempts } = await running
  const classes = attempts.map(({ exchange }) => exchange.failure?.class ?? exchange.outcome ?? '')
  const sent = attempts.filter(({ exchange }) => !Number.isNaN(exchange.sentAt)).map(({ exchange }) => exchange)
  const settledAs = new Set(sent.map(({ failure, outcome }) => failure?.class ?? outcome))
  expect([...settledAs].filter((one) => !['ok', 'mqtt_no_ack', 'cut'].includes(one ?? ''))).toEqual([])
  // while the broker is away, connections of the proxy end before their CONNACK
  const away = (one: string) => one === 'closed_early' || one === 'reset'
  const isAway = classes.map(away)
  expect(isAway).toContain(true)
  expect(classes.indexOf('ok')).toBeLessThan(isAway.indexOf(true))
  expect(classes.lastIndexOf('ok')).toBeGreaterThan(isAway.lastIndexOf(true))
  // nothing is ok that the broker did not acknowledge, and nothing that it acknowledged is not
  expect(classes.filter((one) => one === 'ok').length).toBe(proxy.acks())
  // what was written to a connection that was ending may never have arrived
  expect(sent.length).toBeGreaterThanOrEqual(proxy.publishes())
  await proxy.stop()
  expect(new Set(heard).size).toBe(heard.length)
  expect(result.connectionMetrics).toMatchObject({ reconnectionCount: 5 })
  await end()
})

describe('a publish that is sent again in the session that Mosquitto kept', () => {
  const kept = (version: 4 | 5) => ({ version, clean: false, resend: true, ...(version === 5 && { sessionExpiry: '1m' }) })

  test.each([
    [4, 1],
    [4, 2],
    [5, 1],
    [5, 2],
  ] as const)('version %i, QoS %i: acknowledgements that get lost', async (version, qos) => {
    const topic = `again/${version}/${qos}`
    const { heard, end } = await witness(topic)
    const proxy = await ackThief(broker.url, 5)
    const publish = { topic, payload: '{{iteration.index}}', qos }
    const { result, attempts } = await runScenario(
      scenario(kept(version), [{ request: { publish } }], [{ users: 3, iterations: 60, for: '30s' }], proxy.url),
    )
    await proxy.stop()
    const resent = attempts.filter(({ exchange }) => exchange.warnings.includes('resent')).length
    expect(attempts.map(({ exchange }) => exchange.failure)).toEqual(Array(60).fill(undefined))
    expect([result.warnings.resent, proxy.stolen(), resent]).toEqual([resent, resent, resent])
    expect(resent).toBeGreaterThan(5)
    expect([proxy.publishes(), proxy.dups(), proxy.strangers()]).toEqual([60 + resent, resent, 0])
    expect(result.connectionMetrics).toMatchObject({ reconnectionCount: resent, lostInFlight: resent, openConnections: 0 })
    // at least once is once or twice; exactly once is once
    const arrived = qos === 1 ? 60 + resent : 60
    await vi.waitFor(() => expect(heard).toHaveLength(arrived))
    expect(new Set(heard).size).toBe(60)
    await end()
  })

  test('a session that Mosquitto does not know any more: lost, not sent again', async () => {
    const { heard, end } = await witness('forgotten')
    const proxy = await ackThief(broker.url, 1)
    const one = await line(proxy.url, { ...kept(5), sessionExpiry: '1s', reconnect: { attempts: 1, base: '2s', jitter: 'none' } })
    const exchange = await one.step({ publish: { topic: 'forgotten', payload: 'x' } }).settled
    expect(exchange.failure?.class).toBe('mqtt_no_ack')
    expect(exchange.warnings).toEqual([])
    expect(one.log).toEqual(['opened', 'lost reset', 'opened', 'reconnected'])
    expect([proxy.publishes(), heard]).toEqual([1, ['x']])
    await one.connection.close()
    await proxy.stop()
    await end()
  })
})

describe('who may do what', () => {
  let guarded: Mosquitto
  beforeAll(async () => {
    guarded = await mosquitto({ login: 'secret' })
    await guarded.start()
  })
  afterAll(() => guarded.remove())
  const basic = (password: string) => ({ authorization: `Basic ${Buffer.from(`ann:${password}`).toString('base64')}` })

  test.each([4, 5] as const)('version %i: a wrong password is turned away', async (version) => {
    const { error } = await refusal(guarded.url, { version }, basic('wrong'))
    expect(error).toMatchObject({ class: 'mqtt_not_authorized', phase: 'connect' })
  })

  test('version 5: a topic that is not allowed is refused by its reason code', async () => {
    const one = await line(guarded.url, { version: 5 }, { headers: basic('secret') })
    const publish = (topic: string, qos: 1 | 2) => one.step({ publish: { topic, payload: 'x', qos } }).settled
    expect((await publish('open/a', 1)).outcome).toBe('ok')
    for (const qos of [1, 2] as const) {
      expect((await publish('closed/a', qos)).failure).toMatchObject({ class: 'mqtt_not_authorized', phase: 'headers' })
    }
    await one.connection.close()
  })
})

describe('what a broker does with the rest of the standard', () => {
  test('an unsubscribed topic is silent, and giving it up twice is said', async () => {
    const one = await line(broker.url, { version: 5 })
    expect((await one.step({ subscribe: { topic: 'off/#' } }).settled).outcome).toBe('ok')
    expect(await one.step({ unsubscribe: { topic: 'off/#' } }).settled).toMatchObject({ outcome: 'ok', warnings: [] })
    expect(await one.step({ unsubscribe: { topic: 'off/#' } }).settled).toMatchObject({
      outcome: 'ok',
      warnings: ['no_subscription'],
    })
    await one.step({ publish: { topic: 'off/1', payload: 'x', qos: 2 } }).settled
    const silent = one.step({ expectMessage: { topic: 'off/1' } })
    await one.connection.close()
    expect(silent.exchange.outcome).toBe('cut')
  })

  test.each([0, 1, 2] as const)('QoS %i: copies and aliases arrive as what they are', async (qos) => {
    const { heard, end } = await witness(`many/${qos}/topic/that/is/long`)
    const one = await line(broker.url, { version: 5, topicAlias: true })
    for (let n = 0; n < 3; n += 1) {
      const publish = { topic: `many/${qos}/topic/that/is/long`, payload: String(n), qos, copies: 50, contentType: 'text/plain' }
      expect(await one.step({ publish: { ...publish, payloadFormat: 'text' } }).settled).toMatchObject({
        outcome: 'ok',
        warnings: [],
      })
    }
    await vi.waitFor(() => expect(heard).toHaveLength(150))
    expect(heard.filter((payload) => payload === '2')).toHaveLength(50)
    await one.connection.close()
    await end()
  })

  test('a method of enhanced authentication that it does not have is its class', async () => {
    const { error } = await refusal(broker.url, { version: 5, enhancedAuth: { method: 'SCRAM-SHA-256' } })
    expect(error).toMatchObject({ class: 'mqtt_bad_authentication_method' })
  })
})
