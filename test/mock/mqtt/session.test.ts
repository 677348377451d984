/** What the mock's broker keeps between the connections of a client, and what it says of it. */
import type { IClientOptions } from 'mqtt'
import { describe, expect, test } from 'vitest'
import { ackThief } from '../../servers/mqtt-ack-thief.ts'
import { runScenario } from '../../support/run.ts'
import { eventually, mockFor } from '../harness.ts'
import { join } from '../mqtt-client.ts'
import { talk } from '../mqtt-talk.ts'

const VERSIONS = [4, 5] as const

/** Options of a client whose session outlives its connection. */
const lasting = (protocolVersion: 4 | 5, seconds = 60): IClientOptions => ({
  protocolVersion,
  clean: false,
  clientId: 'me',
  ...(protocolVersion === 5 && { properties: { sessionExpiryInterval: seconds } }),
})

describe.each(VERSIONS)('version %i', (protocolVersion) => {
  test('a session keeps subscriptions and what came meanwhile, QoS 0 aside', async () => {
    const mock = await mockFor()
    const first = await join(mock, lasting(protocolVersion), ['news/#'])
    expect(first.present).toBe(false)
    await first.client.endAsync()
    const { client: speaker } = await join(mock)
    for (const qos of [0, 1, 2] as const) await speaker.publishAsync('news/a', `qos ${qos}`, { qos })
    const second = await join(mock, lasting(protocolVersion))
    expect(second.present).toBe(true)
    await eventually(() => second.heard.length === 2)
    expect(second.texts()).toEqual(['qos 1', 'qos 2'])
    expect(second.heard.map(({ dup }) => dup)).toEqual([false, false])
  })

  test('a clean start ends it', async () => {
    const mock = await mockFor()
    const first = await join(mock, lasting(protocolVersion), ['news'])
    await first.client.endAsync()
    const fresh = await join(mock, { ...lasting(protocolVersion), clean: true })
    expect(fresh.present).toBe(false)
    const { client: speaker } = await join(mock)
    await speaker.publishAsync('news', 'x', { qos: 1 })
    await fresh.client.subscribeAsync('other')
    expect(fresh.heard).toEqual([])
  })

  test('what was not acknowledged comes again with DUP and its packet id', async () => {
    const mock = await mockFor()
    const first = await join(mock, lasting(protocolVersion), ['news'])
    first.client.handleMessage = () => {} // never acknowledges
    const { client: speaker } = await join(mock)
    await speaker.publishAsync('news', 'x', { qos: 1 })
    await eventually(() => first.heard.length === 1)
    first.client.stream.destroy()
    await eventually(() => mock.stats().connectionsOpen === 1)
    const second = await join(mock, lasting(protocolVersion))
    await eventually(() => second.heard.length === 1)
    expect([first.heard[0]?.dup, second.heard[0]?.dup]).toEqual([false, true])
    expect(second.heard[0]?.messageId).toBe(first.heard[0]?.messageId)
  })

  test('a second connection with the same id takes over', async () => {
    const mock = await mockFor()
    const first = await join(mock, lasting(protocolVersion), ['news'])
    const gone = new Promise((resolve) => first.client.once('close', () => resolve('closed')))
    const reason = protocolVersion === 5 ? new Promise((resolve) => first.client.once('disconnect', resolve)) : undefined
    const second = await join(mock, lasting(protocolVersion))
    expect(await gone).toBe('closed')
    if (reason) expect(await reason).toMatchObject({ reasonCode: 142 })
    expect(second.present).toBe(true)
    await second.client.publishAsync('news', 'x', { qos: 1 })
    await eventually(() => second.heard.length === 1)
    expect(first.heard).toEqual([])
  })

  test('the will of a connection that is cut is published, that of one that is closed is not', async () => {
    const mock = await mockFor()
    const watcher = await join(mock, {}, ['wills/#'])
    const will = (name: string) => ({ topic: `wills/${name}`, payload: Buffer.from('gone'), qos: 1 as const, retain: false })
    const polite = await join(mock, { protocolVersion, will: will('polite') })
    const rude = await join(mock, { protocolVersion, will: will('rude') })
    await polite.client.endAsync()
    rude.client.stream.destroy()
    await eventually(() => watcher.heard.length === 1)
    expect(watcher.heard[0]).toMatchObject({ topic: 'wills/rude', qos: 1 })
  })

  test('silence beyond the keep-alive ends a connection', async () => {
    const mock = await mockFor()
    const hello = { cmd: 'connect', protocolId: 'MQTT', protocolVersion, clientId: 'mute', clean: true, keepalive: 1 } as const
    const since = performance.now()
    expect(await talk(mock, [hello], { protocolVersion })).toEqual([
      ['connack', 0],
      ...(protocolVersion === 5 ? [['disconnect', 141]] : []),
    ])
    expect(performance.now() - since).toBeGreaterThan(1400)
  })

  test('a filter that is none is refused, and the others hold', async () => {
    const mock = await mockFor()
    const hello = { cmd: 'connect', protocolId: 'MQTT', protocolVersion, clientId: 'raw', clean: true, keepalive: 0 } as const
    const subscriptions = ['a/#/b', 'a+', 'a/b', ''].map((topic) => ({ topic, qos: 1 as const }))
    const publish = { cmd: 'publish', topic: 'a/b', payload: 'x', qos: 0, dup: false, retain: false } as const
    const heard = await talk(mock, [hello, { cmd: 'subscribe', messageId: 7, subscriptions }, publish], {
      count: 3,
      protocolVersion,
    })
    const refused = protocolVersion === 5 ? 143 : 128
    expect(heard).toEqual([
      ['connack', 0],
      ['suback', [refused, refused, 1, refused]],
      ['publish', undefined],
    ])
  })

  test('overlapping filters bring a message once, with the higher QoS', async () => {
    const mock = await mockFor()
    const { client, heard } = await join(mock, { protocolVersion })
    await client.subscribeAsync({ 'a/b': { qos: 0 }, 'a/+': { qos: 1 }, '#': { qos: 0 } })
    await client.publishAsync('a/b', 'x', { qos: 2 })
    await client.publishAsync('a/b', 'y', { qos: 2 })
    await eventually(() => heard.length >= 2)
    expect(heard.map(({ payload, qos }) => [payload.toString(), qos])).toEqual([
      ['x', 1],
      ['y', 1],
    ])
  })

  test.each([1, 2] as const)('QoS %i sent again by burn: publishes and DUPs are what came', async (qos) => {
    const mock = await mockFor()
    const thief = await ackThief(`mqtt://127.0.0.1:${mock.port}`, 5)
    const expiry = protocolVersion === 5 ? { sessionExpiry: '1m' } : {}
    const { result, attempts } = await runScenario({
      name: 'resend',
      target: { url: thief.url, protocol: 'mqtt', mqtt: { version: protocolVersion, clean: false, resend: true, ...expiry } },
      load: [{ users: 2, iterations: 40 }],
      steps: [{ request: { publish: { topic: 't', payload: '{{iteration.index}}', qos } } }],
    } as never)
    await thief.stop()
    expect(attempts.map(({ exchange }) => exchange.failure)).toEqual(Array(40).fill(undefined))
    const { resent } = result.warnings
    expect([thief.dups(), thief.publishes(), thief.stolen()]).toEqual([resent, 40 + Number(resent), resent])
    expect(thief.strangers()).toBe(0)
    expect(resent).toBeGreaterThan(3)
    // what bears the packet id of a publish of QoS 2 that is here already is no other one
    const seen = qos === 1 ? thief.publishes() : 40
    expect(mock.stats()).toMatchObject({ requests: seen, byRoute: { 'mqtt-publish': seen } })
    expect(mock.log().filter(({ headers }) => headers.dup)).toHaveLength(seen - 40)
    expect(new Set(mock.log().map(({ body }) => body)).size).toBe(40)
    await eventually(() => mock.stats().connectionsOpen === 0)
  })
})
