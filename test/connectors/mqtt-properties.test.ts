/** What version 5 adds to CONNECT and PUBLISH, as the broker sees it, and enhanced authentication. */
import { createHmac, pbkdf2Sync } from 'node:crypto'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Scram } from '../../src/connectors/mqtt/link/scram.ts'
import { mqtt } from '../../src/connectors/mqtt.ts'
import { type RawBroker, rawBroker, type Script } from '../servers/mqtt-raw.ts'
import { line, refusal } from './mqtt-harness.ts'

let broker: RawBroker | undefined
afterEach(async () => {
  await broker?.stop()
  broker = undefined
})

const start = async (properties: object = {}, act: Script = () => undefined) => {
  broker = await rawBroker((packet, peer) => {
    if (act(packet, peer)) return true
    if (packet.cmd !== 'connect') return false
    peer.send({ cmd: 'connack', sessionPresent: false, returnCode: 0, reasonCode: 0, properties } as never)
    return true
  })
  return broker
}

test('content type, payload format and user properties of a publish; user properties of CONNECT', async () => {
  const { url, of } = await start()
  const one = await line(url, { version: 5, userProperties: { fleet: 'north' } })
  const sent = { topic: 't', payload: { json: {} }, contentType: 'application/json', userProperties: { trace: '1' } }
  await one.step({ publish: { ...sent, payloadFormat: 'text' } }).settled
  await one.step({ publish: { ...sent, payloadFormat: 'bytes' } }).settled
  await one.step({ publish: { topic: 't' } }).settled
  const common = { contentType: 'application/json', userProperties: { trace: '1' } }
  expect(of('publish').map(({ properties }) => properties)).toEqual([
    { ...common, payloadFormatIndicator: true },
    { ...common, payloadFormatIndicator: false },
    undefined,
  ])
  expect(of('connect')[0]?.properties).toMatchObject({ userProperties: { fleet: 'north' } })
  await one.connection.close()
})

test.each([
  [{ contentType: 'text/plain' }, /contentType/],
  [{ payloadFormat: 'text' }, /payloadFormat/],
])('3.1.1 has no %j', async (more, said) => {
  const { url, of } = await start()
  const one = await line(url)
  expect((await one.step({ publish: { topic: 't', ...more } }).settled).failure).toMatchObject({
    class: 'local_request',
    message: expect.stringMatching(said),
  })
  expect(of('publish')).toEqual([])
  await one.connection.close()
})

test.each([{ topicAlias: true }, { userProperties: { a: '1' } }, { enhancedAuth: { method: 'x' } }, { sessionExpiry: '1s' }])(
  '%j needs version 5',
  (given) => {
    const [key = ''] = Object.keys(given)
    expect(mqtt.options.safeParse(given).error?.issues).toMatchObject([{ path: [key], message: `${key} needs version: 5` }])
    expect(mqtt.options.safeParse({ ...given, version: 5 }).success).toBe(true)
  },
)

describe('topic aliases', () => {
  test.each([0, 1, 2] as const)(
    'QoS %i: the second publish bears the alias alone, and no more than the broker takes',
    async (qos) => {
      const { url, of } = await start({ topicAliasMaximum: 2 })
      const one = await line(url, { version: 5, topicAlias: true })
      for (const topic of ['a/long/topic', 'b', 'a/long/topic', 'b', 'c', 'a/long/topic'])
        expect(await one.step({ publish: { topic, qos } }).settled).toMatchObject({ outcome: 'ok', warnings: [] })
      await vi.waitFor(() => expect(of('publish')).toHaveLength(6))
      const seen = of('publish').map(({ topic, properties }) => [topic, properties?.topicAlias])
      expect(seen.slice(0, 4)).toEqual([
        ['a/long/topic', 1],
        ['b', 2],
        ['', 1],
        ['', 2],
      ])
      // The broker's own view: each publish is of the topic that was meant.
      const known = new Map<unknown, string>()
      const meant = seen.map(([topic, alias]) => {
        if (topic) known.set(alias, String(topic))
        return known.get(alias)
      })
      expect(meant).toEqual(['a/long/topic', 'b', 'a/long/topic', 'b', 'c', 'a/long/topic'])
      expect(seen.every(([, alias]) => alias === 1 || alias === 2)).toBe(true)
      await one.connection.close()
    },
  )

  test('a broker that takes none gets whole topics, which is said', async () => {
    const { url, of } = await start()
    const one = await line(url, { version: 5, topicAlias: true })
    for (let n = 0; n < 2; n += 1)
      expect(await one.step({ publish: { topic: 'a' } }).settled).toMatchObject({ outcome: 'ok', warnings: ['no_topic_alias'] })
    expect(of('publish').map(({ topic, properties }) => [topic, properties])).toEqual([
      ['a', undefined],
      ['a', undefined],
    ])
    await one.connection.close()
  })
})

describe('enhanced authentication', () => {
  test('questions are answered in turn, before CONNACK', async () => {
    const asked: unknown[] = []
    const { url, of } = await start({ authenticationMethod: 'DICE' }, (packet, { send }) => {
      const question = (data: string) =>
        send({
          cmd: 'auth',
          reasonCode: 0x18,
          properties: { authenticationMethod: 'DICE', authenticationData: Buffer.from(data) },
        })
      if (packet.cmd === 'connect') {
        asked.push(packet.properties?.authenticationMethod, packet.properties?.authenticationData?.toString())
        question('first')
        return true
      }
      if (packet.cmd !== 'auth') return false
      asked.push(packet.properties?.authenticationData?.toString())
      if (asked.length === 3) question('second')
      else
        send({
          cmd: 'connack',
          sessionPresent: false,
          returnCode: 0,
          reasonCode: 0,
          properties: { authenticationMethod: 'DICE' },
        })
      return true
    })
    const one = await line(url, { version: 5, enhancedAuth: { method: 'DICE', data: 'hello', replies: ['six', 'one'] } })
    expect(asked).toEqual(['DICE', 'hello', 'six', 'one'])
    expect(of('auth')).toHaveLength(2)
    expect((await one.step({ publish: { topic: 't' } }).settled).outcome).toBe('ok')
    await one.connection.close()
  })

  const ask =
    (method: string, data = '?'): Script =>
    (packet, { send }) => {
      if (packet.cmd !== 'connect' && packet.cmd !== 'auth') return false
      send({ cmd: 'auth', reasonCode: 0x18, properties: { authenticationMethod: method, authenticationData: Buffer.from(data) } })
      return true
    }

  test.each([
    [
      'one question too many',
      { method: 'A', replies: ['x'] },
      ask('A'),
      'local_setup',
      /asked more often than mqtt.enhancedAuth has replies \(1\)/,
    ],
    ['another method', { method: 'A', replies: ['x'] }, ask('B'), 'bad_mqtt', /another authentication method/],
    ['a CONNACK without the method', { method: 'A' }, undefined, 'bad_mqtt', /CONNACK has no authentication method/],
    ['a challenge that is none of SCRAM', { method: 'SCRAM-SHA-256' }, ask('SCRAM-SHA-256'), 'bad_mqtt', /none of SCRAM/],
    [
      'a nonce of somebody else',
      { method: 'SCRAM-SHA-256' },
      ask('SCRAM-SHA-256', 'r=abc,s=QSXCR+Q6sek8bf92,i=4096'),
      'bad_mqtt',
      /none of SCRAM/,
    ],
  ] as const)('%s', async (_what, enhancedAuth, act, failureClass, said) => {
    const { url } = await start({}, act)
    const { error } = await refusal(url, { version: 5, enhancedAuth: { replies: [], ...enhancedAuth } as never })
    expect(error).toMatchObject({ class: failureClass, message: expect.stringMatching(said) })
    await vi.waitFor(() => expect(broker?.openSockets()).toBe(0))
  })

  test('a method that the broker does not have is its own class', async () => {
    const { url } = await start({}, (packet, { send }) => {
      if (packet.cmd === 'connect') send({ cmd: 'connack', sessionPresent: false, returnCode: 0, reasonCode: 140 })
      return packet.cmd === 'connect'
    })
    const { error } = await refusal(url, { version: 5, enhancedAuth: { method: 'A' } })
    expect(error).toMatchObject({ class: 'mqtt_bad_authentication_method' })
  })

  // @see RFC 7677, section 3
  test('SCRAM-SHA-256 is that of the RFC', async () => {
    const scram = new Scram('SCRAM-SHA-256', 'user', Buffer.from('pencil'), 'rOprNGfwEbeRWgbNEkqO')
    expect(scram.first().toString()).toBe('n,,n=user,r=rOprNGfwEbeRWgbNEkqO')
    const challenge = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'
    expect((await scram.answer(Buffer.from(challenge))).toString()).toBe(
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    )
    expect(scram.isProved(Buffer.from('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='))).toBe(true)
    expect(scram.isProved(Buffer.from('v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='))).toBe(false)
  })

  // @see RFC 5802, section 5
  test('SCRAM-SHA-1 is that of the RFC', async () => {
    const scram = new Scram('SCRAM-SHA-1', 'user', Buffer.from('pencil'), 'fyko+d2lbbFgONRv9qkxdawL')
    const challenge = 'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096'
    expect((await scram.answer(Buffer.from(challenge))).toString()).toBe(
      'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    )
    expect(scram.isProved(Buffer.from('v=rmF9pqV8S7suAoZWja4dJRkFsKQ='))).toBe(true)
  })

  test.each([
    ['which knows the password', 'pencil', 'ok'],
    ['which only pretends to', 'other', 'bad_mqtt'],
  ])('SCRAM with a broker %s', async (_what, known, expected) => {
    let clientFirst = ''
    let serverFirst = ''
    const method = 'SCRAM-SHA-512'
    const { url, of } = await start({}, (packet, { send }) => {
      if (packet.cmd === 'connect') {
        clientFirst = String(packet.properties?.authenticationData).slice('n,,'.length)
        serverFirst = `r=${clientFirst.split('r=')[1]}more,s=c2FsdA==,i=4096`
        send({
          cmd: 'auth',
          reasonCode: 0x18,
          properties: { authenticationMethod: method, authenticationData: Buffer.from(serverFirst) },
        })
        return true
      }
      if (packet.cmd !== 'auth') return false
      const [bare = ''] = String(packet.properties?.authenticationData).split(',p=')
      const salted = pbkdf2Sync(known, Buffer.from('c2FsdA==', 'base64'), 4096, 64, 'sha512')
      const hmac = (key: Buffer, text: string) => createHmac('sha512', key).update(text).digest()
      const signature = hmac(hmac(salted, 'Server Key'), `${clientFirst},${serverFirst},${bare}`)
      send({
        cmd: 'connack',
        sessionPresent: false,
        returnCode: 0,
        reasonCode: 0,
        properties: { authenticationMethod: method, authenticationData: Buffer.from(`v=${signature.toString('base64')}`) },
      })
      return true
    })
    const credentials = { authorization: `Basic ${Buffer.from('ann:pencil').toString('base64')}` }
    const options = { version: 5, enhancedAuth: { method } } as const
    if (expected === 'ok') {
      const one = await line(url, options, { headers: credentials })
      await one.connection.close()
    } else {
      const { error } = await refusal(url, options, credentials)
      expect(error).toMatchObject({ class: 'bad_mqtt', message: expect.stringContaining('did not prove') })
    }
    expect(clientFirst).toMatch(/^n=ann,r=/)
    expect(of('connect')[0]).not.toHaveProperty('password')
    expect(of('connect')[0]?.username).toBeUndefined()
  })
})
