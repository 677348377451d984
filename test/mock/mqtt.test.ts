/** The mock as an MQTT broker, on the port of HTTP, as an ordinary client sees it. */
import { connectAsync, type IClientOptions } from 'mqtt'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Mock, startMock } from '../../src/mock/server.ts'
import { deadPort } from '../support/own-port.ts'
import { timedTest } from '../support/quiet.ts'
import { runScenario } from '../support/run.ts'
import { eventually, mockFor } from './harness.ts'

type Heard = { readonly topic: string; readonly text: string; readonly qos: number; readonly retain: boolean }[]

const WAYS = [4, 5].flatMap((protocolVersion) =>
  (['mqtt', 'ws'] as const).map((scheme) => ({ protocolVersion: protocolVersion as 4 | 5, scheme })),
)
type Way = (typeof WAYS)[number]

/** A client of the mock, subscribed to some filters, and what it heard. */
async function clientBy({ scheme, protocolVersion }: Way, mock: Mock, filters: string[], options: IClientOptions) {
  const url = `${scheme}://127.0.0.1:${mock.port}${scheme === 'ws' ? '/mqtt' : ''}`
  const client = await connectAsync(url, { reconnectPeriod: 0, protocolVersion, ...options })
  onTestFinished(() => client.endAsync(true))
  const heard: Heard = []
  client.on('message', (topic, payload, { qos, retain }) => heard.push({ topic, text: payload.toString(), qos, retain }))
  if (filters.length > 0) await client.subscribeAsync(filters, { qos: 2 })
  return { client, heard, said: () => heard.map(({ text }) => JSON.parse(text)) }
}

describe.each(WAYS)('version $protocolVersion over $scheme', (way) => {
  const client = (mock: Mock, filters: string[] = [], options: IClientOptions = {}) => clientBy(way, mock, filters, options)

  describe('broker', () => {
    test.each([0, 1, 2] as const)('QoS %i reaches each subscriber once, and is counted once', async (qos) => {
      const mock = await mockFor()
      const listener = await client(mock, ['rooms/+/heat'])
      const { client: speaker } = await client(mock)
      for (const text of ['1', '2', '3']) await speaker.publishAsync('rooms/a/heat', text, { qos })
      await speaker.publishAsync('rooms/a/light', 'x', { qos })
      await eventually(() => listener.heard.length === 3 && mock.stats().requests === 4)
      expect(listener.heard).toEqual(['1', '2', '3'].map((text) => ({ topic: 'rooms/a/heat', text, qos, retain: false })))
      expect(mock.stats()).toMatchObject({ inFlight: 0, byRoute: { 'mqtt-publish': 4 }, byOutcome: { ok: 4 } })
      expect(mock.stats()).toMatchObject({ connectionsAccepted: 2, connectionsOpen: 2 })
      const light = mock.log().find(({ path }) => path === 'rooms/a/light')
      expect(light).toMatchObject({ method: 'MQTT', body: 'x', outcome: 'ok', clientLeft: false })
      expect(light?.headers).toEqual({ 'client-id': speaker.options.clientId, qos: String(qos), retain: 'false' })
    })

    test('a retained message waits for whoever comes', async () => {
      const mock = await mockFor()
      const { client: speaker } = await client(mock)
      await speaker.publishAsync('state', 'on', { qos: 1, retain: true })
      const { heard } = await client(mock, ['state'])
      await eventually(() => heard.length > 0)
      expect(heard).toEqual([{ topic: 'state', text: 'on', qos: 1, retain: true }])
    })

    test('HTTP and MQTT share the port', async () => {
      const mock = await mockFor()
      const { client: speaker } = await client(mock)
      expect((await fetch(`${mock.url}/health`)).status).toBe(200)
      await speaker.publishAsync('t', 'x', { qos: 1 })
      await eventually(() => mock.stats().requests === 2)
      expect(mock.stats().byRoute).toEqual({ health: 1, 'mqtt-publish': 1 })
    })

    test('closing the mock ends the connections and frees the port', async () => {
      const port = await deadPort()
      const mock = await startMock({}, { port })
      const { client: speaker } = await client(mock)
      const gone = new Promise((resolve) => speaker.once('close', () => resolve('closed')))
      await mock.close()
      expect(await gone).toBe('closed')
      const again = await startMock({}, { port })
      await again.close()
    })
  })

  describe('chat', () => {
    test('is answered on the topic of the client that asks, with its id', async () => {
      const mock = await mockFor({ tokens: 6 })
      const other = await client(mock, ['chat/out'], { clientId: 'other' })
      const { client: asker, heard, said } = await client(mock, ['chat/out/me'], { clientId: 'me' })
      await asker.publishAsync('chat/in', JSON.stringify({ message: 'hello there', id: 7 }), { qos: 1 })
      await eventually(() => heard.length > 0)
      expect(heard).toMatchObject([{ topic: 'chat/out/me', qos: 1 }])
      expect(said()[0]).toEqual({
        reply: expect.stringMatching(/^turn 1: hello there \S+ \S+$/),
        conversationId: 'conv-mock-0',
        id: 7,
        usage: { inputTokens: 3, outputTokens: 6, reasoningTokens: 0 },
        finish: 'stop',
      })
      expect(other.heard).toEqual([])
      expect(mock.stats()).toMatchObject({ requests: 1, inFlight: 0, byRoute: { 'mqtt-chat': 1 }, byOutcome: { ok: 1 } })
    })

    test.each([
      ['nothing', [], 'chat/out'],
      ['the topic of another', ['chat/out/you'], 'chat/out'],
      ['one level too many', ['chat/out/me/+'], 'chat/out'],
      ['its own', ['chat/out/me'], 'chat/out/me'],
      ['a level', ['chat/+/me'], 'chat/out/me'],
      ['all below', ['chat/out/#'], 'chat/out/me'],
    ])('with a subscription to %s', async (_what, filters, topic) => {
      const mock = await mockFor()
      const observer = await client(mock, ['chat/out', 'chat/out/+'])
      const { client: asker } = await client(mock, filters, { clientId: 'me' })
      await asker.publishAsync('chat/in', '{"message":"hi"}')
      await eventually(() => observer.heard.length > 0)
      expect(observer.heard.map((one) => one.topic)).toEqual([topic])
    })

    test('a topic that was given up is not answered on', async () => {
      const mock = await mockFor()
      const observer = await client(mock, ['chat/out'])
      const { client: asker } = await client(mock, ['chat/out/me'], { clientId: 'me' })
      await asker.unsubscribeAsync('chat/out/me')
      await asker.publishAsync('chat/in', '{"message":"hi"}')
      await eventually(() => observer.heard.length === 1)
    })

    test.each(['chat/in', 'chat'])('%s is answered', async (topic) => {
      const mock = await mockFor({ tokens: 3 })
      const { client: asker, heard, said } = await client(mock, ['chat/out/me'], { clientId: 'me' })
      await asker.publishAsync(topic, '{"message":"hi"}', { qos: 1 })
      await eventually(() => heard.length > 0)
      expect(said()[0].reply).toBe('turn 1: hi')
      expect(mock.stats().byRoute).toEqual({ 'mqtt-chat': 1 })
    })

    test.each(['plain words', '{"text":"x"}', '[1]', '"quoted"'])('what has no message is the message: %s', async (text) => {
      const mock = await mockFor({ tokens: 9 })
      const { client: asker, heard, said } = await client(mock, ['chat/out'])
      await asker.publishAsync('chat/in', text)
      await eventually(() => heard.length > 0)
      expect(said()[0].reply).toContain(`turn 1: ${text} `)
      expect(said()[0]).not.toHaveProperty('id')
    })

    test('the mock remembers a conversation by its id', async () => {
      const mock = await mockFor({ tokens: 3 })
      const { client: asker, heard, said } = await client(mock, ['chat/out'])
      for (const [index, message] of ['a', 'b'].entries()) {
        await asker.publishAsync('chat/in', JSON.stringify({ message, conversationId: 'c' }))
        await eventually(() => heard.length > index)
      }
      expect(said().map(({ reply }) => reply)).toEqual(['turn 1: a', 'turn 2: b'])
    })

    timedTest('the answer comes after the first-token delay', async () => {
      const mock = await mockFor({ firstTokenMs: 60 })
      const { client: asker, heard } = await client(mock, ['chat/out'])
      await asker.publishAsync('chat/in', 'x')
      await eventually(() => heard.length > 0)
      const { receivedAt, firstTokenAt } = mock.log(1)[0]!
      expect(firstTokenAt! - receivedAt!).toBeGreaterThanOrEqual(60)
      expect(firstTokenAt! - receivedAt!).toBeLessThan(500)
    })

    test('an error status is an answer with an error', async () => {
      const mock = await mockFor({ status: 503 })
      const { client: asker, heard, said } = await client(mock, ['chat/out'])
      await asker.publishAsync('chat/in', '{"message":"x","id":"i"}')
      await eventually(() => heard.length > 0)
      expect(said()).toEqual([{ error: { code: 'server_error', message: 'planned error', status: 503 }, id: 'i' }])
      expect(mock.stats().byOutcome).toMatchObject({ error: 1, ok: 0 })
    })

    test('a planned reset cuts the connection', async () => {
      const mock = await mockFor({ resetRate: 1 })
      const { client: asker } = await client(mock)
      asker.on('error', () => {})
      const gone = new Promise((resolve) => asker.once('close', () => resolve('closed')))
      asker.publish('chat/in', 'x')
      expect(await gone).toBe('closed')
      expect(mock.stats().byOutcome.reset).toBe(1)
    })
  })
})

test('the preset custom-mqtt talks to it', async () => {
  const mock = await mockFor({ tokens: 5 })
  const { result, attempts } = await runScenario({
    name: 'preset',
    target: { preset: 'custom-mqtt', url: `${mock.url}/chat/in`, protocol: 'mqtt' },
    load: [{ users: 3, iterations: 12 }],
    steps: [{ message: 'hello', expect: [{ contains: 'turn 1: hello' }] }],
  })
  expect(attempts.map(({ exchange }) => exchange.failure)).toEqual(Array(12).fill(undefined))
  expect(result.total.counts).toMatchObject({ ok: 12, failed: 0 })
  expect(mock.stats()).toMatchObject({ requests: 12, byRoute: { 'mqtt-chat': 12 }, connectionsAccepted: 3 })
})
