/** What only MQTT 5 has: properties that travel along, reason codes, session expiry; and what the mock refuses of it. */
import { once } from 'node:events'
import { connect as dial } from 'node:net'
import { connectAsync, type IClientOptions } from 'mqtt'
import { generate, type Packet, parser } from 'mqtt-packet'
import { describe, expect, onTestFinished, test } from 'vitest'
import WebSocket from 'ws'
import type { Mock } from '../../../src/mock/server.ts'
import { runScenario } from '../../support/run.ts'
import { eventually, mockFor } from '../harness.ts'
import { join as joinAny } from '../mqtt-client.ts'
import { talk } from '../mqtt-talk.ts'

const join = (mock: Mock, options: IClientOptions = {}, filters: string[] = []) =>
  joinAny(mock, { protocolVersion: 5, ...options }, filters)

const hello = (properties: object = {}, more: object = {}) =>
  ({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 5,
    clientId: 'raw',
    clean: true,
    keepalive: 0,
    properties,
    ...more,
  }) as Packet
const say = (topic: string, properties: object = {}, qos = 1) =>
  ({ cmd: 'publish', topic, payload: 'x', qos, messageId: 9, dup: false, retain: false, properties }) as Packet

describe('properties', () => {
  const properties = {
    payloadFormatIndicator: true,
    contentType: 'text/plain',
    responseTopic: 'answers/1',
    correlationData: Buffer.from([0, 255, 7]),
    userProperties: { tenant: 'blue', tag: ['a', 'b'] },
  }

  test('go to the subscribers as they came, and into the log', async () => {
    const mock = await mockFor()
    const { client, heard } = await join(mock, {}, ['t'])
    const { client: old } = await join(mock, { protocolVersion: 4 }, ['t'])
    const oldHeard = new Promise((resolve) => old.once('message', (_topic, payload) => resolve(payload.toString())))
    await client.publishAsync('t', 'x', { qos: 1, properties })
    await eventually(() => heard.length === 1)
    expect(heard[0]?.properties).toEqual(properties)
    expect(await oldHeard).toBe('x')
    expect(mock.log()[0]?.headers).toMatchObject({ tenant: 'blue', tag: 'a, b', 'client-id': client.options.clientId })
  })

  test('the chat answers on the response topic, with the correlation data', async () => {
    const mock = await mockFor({ tokens: 3 })
    const { client, heard } = await join(mock, {}, ['answers/+', 'chat/out/#'])
    await client.publishAsync('chat/in', '{"message":"hi","id":4}', { qos: 1, properties })
    await eventually(() => heard.length === 1)
    expect(heard[0]).toMatchObject({ topic: 'answers/1', qos: 1, properties: { correlationData: properties.correlationData } })
    expect(heard[0]?.properties).not.toHaveProperty('responseTopic')
    expect(JSON.parse(heard[0]!.payload.toString())).toMatchObject({ reply: 'turn 1: hi', id: 4 })
  })

  test('a planned error goes the same way', async () => {
    const mock = await mockFor({ status: 503 })
    const { client, heard } = await join(mock, {}, ['answers/+'])
    await client.publishAsync('chat', 'hi', { properties })
    await eventually(() => heard.length === 1)
    expect(heard[0]?.properties?.correlationData).toEqual(properties.correlationData)
    expect(JSON.parse(heard[0]!.payload.toString())).toMatchObject({ error: { status: 503 } })
  })

  test('a message whose time is over is not delivered; what is left of it goes along', async () => {
    const mock = await mockFor()
    const { client: speaker } = await join(mock)
    const keep = { qos: 1, retain: true } as const
    await speaker.publishAsync('short', 'x', { ...keep, properties: { messageExpiryInterval: 0 } })
    await speaker.publishAsync('long', 'x', { ...keep, properties: { messageExpiryInterval: 100 } })
    const { heard } = await join(mock, {}, ['short', 'long'])
    await eventually(() => heard.length === 1)
    expect(heard[0]?.topic).toBe('long')
    expect(heard[0]?.properties?.messageExpiryInterval).toBe(100)
  })

  test('no local, retain as published and retain handling are obeyed', async () => {
    const mock = await mockFor()
    const { client, heard } = await join(mock)
    const { client: other } = await join(mock)
    await other.publishAsync('kept', 'old', { qos: 1, retain: true })
    await client.subscribeAsync({ own: { qos: 1, nl: true }, kept: { qos: 1, rap: true, rh: 2 } })
    await client.publishAsync('own', 'mine', { qos: 1 })
    await other.publishAsync('own', 'yours', { qos: 1 })
    await other.publishAsync('kept', 'new', { qos: 1, retain: true })
    await client.subscribeAsync({ kept: { qos: 1, rh: 1 } }) // not a new one: nothing retained comes
    await client.subscribeAsync({ kept: { qos: 1, rh: 0 } })
    await eventually(() => heard.length === 3)
    expect(heard.map(({ payload, retain }) => [payload.toString(), retain])).toEqual([
      ['yours', false],
      ['new', true],
      ['new', true],
    ])
  })

  test('a client id is assigned to whoever brings none', async () => {
    const mock = await mockFor()
    const heard = await new Promise<Packet>((resolve) => {
      const socket = dial(mock.port, '127.0.0.1')
      onTestFinished(() => void socket.destroy())
      const reading = parser({ protocolVersion: 5 })
      reading.on('packet', resolve)
      socket.on('data', (bytes) => reading.parse(bytes))
      socket.write(generate(hello({}, { clientId: '' }), { protocolVersion: 5 }))
    })
    expect(heard).toMatchObject({
      cmd: 'connack',
      reasonCode: 0,
      properties: {
        assignedClientIdentifier: expect.stringMatching(/^mock-[0-9a-f-]{36}$/),
        sharedSubscriptionAvailable: false,
        subscriptionIdentifiersAvailable: false,
      },
    })
  })

  test('a client that takes little is sent little: by number and by size', async () => {
    const mock = await mockFor()
    const { client, heard } = await join(mock, { properties: { receiveMaximum: 1, maximumPacketSize: 100 } })
    const acknowledge: (() => void)[] = []
    client.handleMessage = (_packet, done) => void acknowledge.push(() => done())
    await client.subscribeAsync('t', { qos: 1 })
    const { client: speaker } = await join(mock)
    for (const text of ['a', 'x'.repeat(200), 'b', 'c']) await speaker.publishAsync('t', text, { qos: 1 })
    for (const count of [1, 2, 3]) {
      await eventually(() => heard.length === count)
      acknowledge.shift()?.()
    }
    expect(heard.map(({ payload }) => payload.toString())).toEqual(['a', 'b', 'c'])
  })
})

describe('sessions', () => {
  const lasting = (seconds: number) => ({ clean: false, clientId: 'me', properties: { sessionExpiryInterval: seconds } })

  test('end when their time is over', async () => {
    const mock = await mockFor()
    const { client } = await join(mock, lasting(60), ['t'])
    client.stream.destroy()
    await eventually(() => mock.stats().connectionsOpen === 0)
    const { client: speaker } = await join(mock)
    const codes: unknown[] = []
    speaker.on('packetreceive', (packet) => packet.cmd === 'puback' && codes.push(packet.reasonCode))
    await speaker.publishAsync('t', 'x', { qos: 1 })
    expect(codes).toEqual([0])
    // From here on it has a second: each connection says anew how long the session outlives it.
    const early = await join(mock, lasting(1))
    expect(early.present).toBe(true)
    early.client.stream.destroy()
    // with the session its subscription is gone, and nobody hears this
    await eventually(() => {
      speaker.publish('t', 'x', { qos: 1 })
      return codes.at(-1) === 16
    })
    const late = await join(mock, lasting(1))
    expect(late.present).toBe(false)
  })

  test('a goodbye may end them at once', async () => {
    const mock = await mockFor()
    const { client } = await join(mock, lasting(60))
    await client.endAsync(false, { properties: { sessionExpiryInterval: 0 } })
    await eventually(() => mock.stats().connectionsOpen === 0)
    expect((await join(mock, lasting(60))).present).toBe(false)
  })

  test('a will waits, and is withdrawn by whoever comes back', async () => {
    const mock = await mockFor()
    const watcher = await join(mock, {}, ['wills'])
    const will = (text: string, seconds: number) => ({
      will: {
        topic: 'wills',
        payload: Buffer.from(text),
        qos: 1 as const,
        retain: false,
        properties: { willDelayInterval: seconds },
      },
    })
    const first = await join(mock, { ...lasting(60), ...will('back again', 1) })
    first.client.stream.destroy()
    await eventually(() => mock.stats().connectionsOpen === 1)
    const second = await join(mock, { ...lasting(60), ...will('gone', 0) })
    await new Promise((resolve) => setTimeout(resolve, 1100))
    expect(watcher.heard).toEqual([])
    second.client.stream.destroy()
    await eventually(() => watcher.heard.length === 1)
    expect(watcher.heard[0]?.payload.toString()).toBe('gone')
  })

  test('a goodbye with reason 4 has the will published', async () => {
    const mock = await mockFor()
    const watcher = await join(mock, {}, ['wills'])
    await talk(mock, [
      hello({}, { will: { topic: 'wills', payload: 'bye', qos: 0, retain: false } }),
      { cmd: 'disconnect', reasonCode: 4 } as Packet,
    ])
    await eventually(() => watcher.heard.length === 1)
  })
})

describe('reason codes', () => {
  test.each([1, 2] as const)('QoS %i that nobody has subscribed to is 16, and else 0', async (qos) => {
    const mock = await mockFor()
    const { client } = await join(mock)
    const ack = qos === 1 ? 'puback' : 'pubrec'
    const codes: unknown[] = []
    client.on('packetreceive', (packet) => packet.cmd === ack && codes.push(packet.reasonCode))
    await client.publishAsync('t', 'x', { qos })
    await client.subscribeAsync('t')
    await client.publishAsync('t', 'x', { qos })
    await client.publishAsync('chat/in', 'x', { qos })
    expect(codes).toEqual([16, 0, 0])
  })

  test('UNSUBACK says whether there was one', async () => {
    const mock = await mockFor()
    const heard = await talk(
      mock,
      [
        hello(),
        { cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a', qos: 0 }] } as Packet,
        { cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['a', 'b'] } as Packet,
        { cmd: 'pubrel', messageId: 3 } as Packet,
        { cmd: 'pubrec', messageId: 4 } as Packet,
      ],
      { count: 5 },
    )
    expect(heard).toEqual([
      ['connack', 0],
      ['suback', [0]],
      ['unsuback', [0, 17]],
      ['pubcomp', 146],
      ['pubrel', 146],
    ])
  })

  test.each<[string, Packet[], number]>([
    ['a topic alias', [say('t', { topicAlias: 1 })], 148],
    ['a wildcard in a topic', [say('a/+')], 144],
    ['no topic', [say('')], 144],
    ['a wildcard in a response topic', [say('t', { responseTopic: 'a/#' })], 130],
    [
      'a subscription identifier',
      [{ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a', qos: 0 }], properties: { subscriptionIdentifier: 3 } }],
      161,
    ],
    ['a shared subscription', [{ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '$share/g/a', qos: 0 }] }], 158],
    ['a second CONNECT', [hello()], 130],
    ['AUTH', [{ cmd: 'auth', reasonCode: 24, properties: { authenticationMethod: 'SCRAM' } }], 130],
    [
      'a session prolonged that was to end',
      [{ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 5 } }],
      130,
    ],
  ])('%s is refused with a DISCONNECT that says why', async (_what, packets, code) => {
    const mock = await mockFor()
    expect(await talk(mock, [hello(), ...packets])).toEqual([
      ['connack', 0],
      ['disconnect', code],
    ])
    await eventually(() => mock.stats().connectionsOpen === 0)
    expect(mock.stats().requests).toBe(0)
  })

  test('garbage is a malformed packet', async () => {
    const mock = await mockFor()
    expect(await talk(mock, [hello(), Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff])])).toEqual([
      ['connack', 0],
      ['disconnect', 129],
    ])
  })

  test.each<[string, Packet, number]>([
    ['enhanced authentication', hello({ authenticationMethod: 'SCRAM' }), 140],
    ['a receive maximum of 0', hello({ receiveMaximum: 0 }), 130],
    ['a will without a topic', hello({}, { will: { topic: 'a/#', payload: 'x', qos: 0, retain: false } }), 144],
  ])('%s is refused in CONNACK', async (_what, packet, code) => {
    expect(await talk(await mockFor(), [packet])).toEqual([['connack', code]])
  })

  test('before version 5: MQTT 3.1, unknown versions and a session without an id are refused by return code', async () => {
    const mock = await mockFor()
    const old = { protocolId: 'MQIsdp', protocolVersion: 3, properties: undefined }
    expect(await talk(mock, [hello({}, old)], { count: 1, protocolVersion: 4 })).toEqual([['connack', 1]])
    const nine = generate(hello({}, { protocolVersion: 4, properties: undefined }))
    nine[8] = 9
    expect(await talk(mock, [nine], { count: 1, protocolVersion: 4 })).toEqual([['connack', 1]])
    const nameless = { protocolVersion: 4, clientId: '', clean: true, properties: undefined }
    const stays = generate(hello({}, nameless))
    stays[9] = 0 // the writer of packets refuses to make it
    expect(await talk(mock, [stays], { count: 1, protocolVersion: 4 })).toEqual([['connack', 2]])
    expect(await talk(mock, [hello({}, nameless)], { count: 1, protocolVersion: 4 })).toEqual([['connack', 0]])
  })
})

describe('WebSocket', () => {
  test('a text is no MQTT', async () => {
    const mock = await mockFor()
    const socket = new WebSocket(`ws://127.0.0.1:${mock.port}/mqtt`, ['mqtt'])
    await once(socket, 'open')
    expect(socket.protocol).toBe('mqtt')
    socket.send('hello')
    expect((await once(socket, 'close'))[0]).toBe(1003)
  })

  test('a mock that closes ends it', async () => {
    const mock = await mockFor()
    const client = await connectAsync(`ws://127.0.0.1:${mock.port}/mqtt`, { reconnectPeriod: 0 })
    const gone = new Promise<void>((resolve) => client.once('close', resolve))
    await mock.close()
    await gone
  })
})

describe('burn runs', () => {
  const run = (mock: Mock, options: object, steps: object[], url = mock.url) =>
    runScenario({
      name: 'mqtt5',
      target: { url, protocol: 'mqtt', mqtt: options },
      load: [{ users: 3, iterations: 12 }],
      steps,
    } as never)

  test.each(['http', 'ws'])('a chat by response topic and correlation data, over %s', async (scheme) => {
    const mock = await mockFor({ tokens: 5 })
    const options = { version: 5, topic: 'chat/in', reply: { topic: 'answers/%c', correlation: 'property' } }
    const steps = [{ message: 'hello', expect: [{ contains: 'turn 1: hello' }] }]
    const { result, attempts } = await run(mock, options, steps, mock.url.replace('http', scheme))
    expect(attempts.map(({ exchange }) => exchange.failure)).toEqual(Array(12).fill(undefined))
    expect(result.warnings).toEqual({})
    expect(mock.stats()).toMatchObject({ requests: 12, byRoute: { 'mqtt-chat': 12 }, connectionsAccepted: 3 })
    await eventually(() => mock.stats().connectionsOpen === 0)
  })

  test('headers are user properties', async () => {
    const mock = await mockFor()
    const step = { request: { publish: { topic: 't', payload: 'x', userProperties: { step: 'one' } } } }
    await run(mock, { version: 5 }, [step])
    expect(mock.log().every(({ headers }) => headers.step === 'one')).toBe(true)
    expect(mock.log()).toHaveLength(12)
  })
})
