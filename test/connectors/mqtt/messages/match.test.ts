import { afterEach, describe, expect, test, vi } from 'vitest'
import { mqtt } from '../../../../src/connectors/mqtt.ts'
import { type Peer, type RawBroker, rawBroker, type Script } from '../../../servers/mqtt-raw.ts'
import { addressOf } from '../../contract.ts'
import { line } from '../../mqtt-harness.ts'

let broker: RawBroker | undefined
const start = async (script?: Script) => {
  broker = await rawBroker(script)
  return broker
}
afterEach(async () => {
  await broker?.stop()
  broker = undefined
})

const deliver = ({ send }: Peer, topic: string, payload: string | Buffer, more: object = {}) =>
  send({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false, ...more })

/** Answers each publish with what `replies` makes of it, after the PUBACK. */
const answering =
  (replies: (text: string, clientId: string) => [topic: string, payload: string][]): Script =>
  (packet, peer) => {
    if (packet.cmd !== 'publish') return false
    peer.send({ cmd: 'puback', messageId: packet.messageId ?? 0 })
    for (const [topic, payload] of replies(packet.payload.toString(), peer.connect.clientId)) deliver(peer, topic, payload)
    return true
  }

const BY_ID = { topic: 'in', reply: { topic: 'out/%i/%c', correlation: { send: 'meta.id', receive: 'for' } } }
const idOf = (text: string) => (JSON.parse(text) as { meta: { id: string } }).meta.id

describe('replies', () => {
  test('an id in both payloads ties them together; other messages do not count', async () => {
    const { url, of } = await start(
      answering((text, id) => [
        [`out/7/${id}`, '{"for":"somebody else"}'],
        ['elsewhere', JSON.stringify({ for: idOf(text) })],
        [`out/7/${id}`, 'no JSON at all'],
        [`out/7/${id}`, JSON.stringify({ for: idOf(text), say: 'hello' })],
      ]),
    )
    const one = await line(url, BY_ID, { userId: 7 })
    const clientId = of('connect')[0]?.clientId
    expect(of('subscribe')[0]?.subscriptions).toMatchObject([{ topic: `out/7/${clientId}`, qos: 1 }])
    const sent = one.message({ text: 'hi' })
    const exchange = await Promise.race([
      sent.settled,
      vi.waitFor(() => expect(sent.heard).toEqual(['data'])).then(() => sent.exchange),
    ])
    expect(JSON.parse(sent.text())).toEqual({ for: `${clientId}-1`, say: 'hello' })
    expect(exchange.settled).toBe(false) // the reader of a message ends it
    expect(JSON.parse(String(of('publish')[0]?.payload))).toEqual({ text: 'hi', meta: { id: `${clientId}-1` } })
    await one.connection.close()
  })

  test('an id of the scenario is kept', async () => {
    const { url } = await start(answering((text, id) => [[`out/0/${id}`, JSON.stringify({ for: idOf(text) })]]))
    const one = await line(url, BY_ID)
    const sent = one.step({ publish: { payload: { json: { meta: { id: 'mine', more: [1] } } } }, await: 'reply' })
    expect([(await sent.settled).outcome, sent.text()]).toEqual(['ok', '{"for":"mine"}'])
    await one.connection.close()
  })

  test('version 5 carries response topic, correlation data and headers as properties', async () => {
    const { url, of } = await start((packet, peer) => {
      if (packet.cmd !== 'publish') return false
      const { responseTopic = '', correlationData } = packet.properties ?? {}
      deliver(peer, responseTopic, 'not yours', { properties: { correlationData: Buffer.from('x') } })
      deliver(peer, responseTopic, 'yours', { properties: { correlationData } })
      return true // the reply may be faster than the PUBACK
    })
    const one = await line(
      url,
      { version: 5, topic: 'in', reply: { topic: 'out/%c', correlation: 'property' } },
      { headers: { tenant: 'blue', authorization: 'Bearer secret' } },
    )
    const step = { publish: { payload: 'hi', userProperties: { trace: '1' } }, await: 'reply' }
    const sent = one.step(step)
    expect([(await sent.settled).outcome, sent.text()]).toEqual(['ok', 'yours'])
    const clientId = of('connect')[0]?.clientId
    expect(of('publish')[0]?.properties).toMatchObject({
      responseTopic: `out/${clientId}`,
      correlationData: Buffer.from(`${clientId}-1`),
      userProperties: { tenant: 'blue', trace: '1' },
    })
    expect(of('connect')[0]).toMatchObject({ protocolVersion: 5, username: 'bearer', password: Buffer.from('secret') })
    await one.connection.close()
  })

  test('without an id, a reply after a time-out is uncertain, and says so', async () => {
    const { url } = await start(answering((_text, id) => [[`out/${id}`, 'a reply']]))
    const one = await line(url, { topic: 'in', reply: { topic: 'out/%c' } })
    const first = one.step({ publish: {}, await: 'reply' })
    first.exchange.fail('timeout_total', 'headers', 'the deadline passed')
    one.connection.cancel(first.exchange)
    const second = await one.step({ publish: {}, await: 'reply' }).settled
    expect([second.outcome, second.warnings]).toEqual(['ok', ['uncertain_reply']])
    const third = await one.step({ publish: {}, await: 'reply' }).settled
    expect([third.outcome, third.warnings]).toEqual(['ok', []])
    await one.connection.close()
  })

  test('a second delivery is a duplicate, counted on the exchange under way', async () => {
    const twice = (text: string): [string, string][] => [
      ['echo', text],
      ['echo', text],
    ]
    const { url } = await start(answering(twice))
    const one = await line(url, { idPath: 'id', subscribe: ['echo'] })
    const send = () => one.step({ publish: { topic: 'echo', payload: { json: { n: 1 } } }, await: 'echo' }).settled
    expect((await send()).warnings).toEqual([])
    for (let n = 0; n < 3; n += 1) {
      const { outcome, warnings } = await send()
      expect([outcome, warnings]).toEqual(['ok', ['duplicate']])
    }
    await one.connection.close()
  })

  test('an echo without an id is known by its bytes', async () => {
    const { url } = await start(
      answering((text) => [
        ['echo', 'x'],
        ['other', text],
        ['echo', text],
      ]),
    )
    const one = await line(url, { subscribe: [{ topic: '#', qos: 0 }] })
    const sent = one.step({ publish: { topic: 'echo', payload: { base64: 'AGFi' } }, await: 'echo' })
    expect([(await sent.settled).outcome, sent.exchange.bytesReceived]).toEqual(['ok', 3])
    await one.connection.close()
  })

  test.each([
    ['a text', { payload: 'x' }, ['bad_utf8']],
    ['JSON', { payload: { json: 1 } }, ['bad_utf8']],
    ['bytes', { payload: { base64: 'AA==' } }, []],
  ])('the answer to %s that is no UTF-8', async (_what, published, warnings) => {
    const { url } = await start((packet, peer) => {
      if (packet.cmd === 'publish') deliver(peer, 'out', Buffer.from([0x61, 0xff]))
      return false
    })
    const one = await line(url, { subscribe: ['out'] })
    const exchange = await one.step({ publish: { topic: 'in', ...published }, await: { message: { topic: 'out' } } }).settled
    expect([exchange.outcome, exchange.warnings]).toEqual(['ok', warnings])
    expect(exchange.oddBytes).toEqual(warnings.length > 0 ? new Uint8Array([0x61, 0xff]) : undefined)
    await one.step({ publish: { topic: 'in', payload: 'x' } }).settled
    expect((await one.step({ expectMessage: { topic: 'out' } }).settled).warnings).toEqual(['bad_utf8'])
    await one.connection.close()
  })

  test('an answer that calls itself JSON and is not has a warning, whenever it is read', async () => {
    const { url } = await start((packet, peer) => {
      if (packet.cmd === 'publish') deliver(peer, 'out', Buffer.from('{"a"'), { properties: { contentType: 'application/json' } })
      return false
    })
    const one = await line(url, { version: 5, subscribe: ['out'] })
    const answer = await one.step({ publish: { topic: 'in', payload: 'x' }, await: { message: { topic: 'out' } } }).settled
    await one.step({ publish: { topic: 'in', payload: 'x' } }).settled
    const late = await one.step({ expectMessage: { topic: 'out' } }).settled
    expect([answer, late].map(({ outcome, warnings }) => [outcome, warnings])).toEqual(Array(2).fill(['ok', ['not_json']]))
    await one.connection.close()
  })

  test('await: message takes the first that fits', async () => {
    const { url } = await start(
      answering(() => [
        ['a/1', '{"state":"busy"}'],
        ['b/1', '{"state":"done"}'],
        ['a/2', '{"state":"done"}'],
      ]),
    )
    const one = await line(url, { subscribe: ['#'] })
    const message = { topic: 'a/+', path: 'state', equals: 'done' }
    const sent = one.step({ publish: { topic: 'in', payload: { text: 'go' } }, await: { message } })
    expect([(await sent.settled).outcome, sent.text()]).toEqual(['ok', '{"state":"done"}'])
    // the other two are there for a step that asks for them
    const early = one.step({ expectMessage: { topic: 'b/#' } })
    expect([(await early.settled).outcome, early.text()]).toEqual(['ok', '{"state":"done"}'])
    expect((await one.step({ expectMessage: { equals: '{"state":"busy"}' } }).settled).outcome).toBe('ok')
    await one.connection.close()
  })

  test('retained messages right behind the SUBACK are not lost', async () => {
    const { url } = await start((packet, peer) => {
      if (packet.cmd !== 'subscribe') return false
      peer.socket.cork()
      peer.send({ cmd: 'suback', messageId: packet.messageId ?? 0, granted: [1] })
      for (const n of ['1', '2']) deliver(peer, 'state', n, { retain: true })
      peer.socket.uncork()
      return true
    })
    const one = await line(url, { subscribe: ['state'] })
    for (const n of ['1', '2']) {
      const sent = one.step({ expectMessage: {} })
      expect([(await sent.settled).outcome, sent.text()]).toEqual(['ok', n])
    }
    await one.connection.close()
  })

  test('subscribe steps: granted, lowered, refused', async () => {
    const { url } = await start((packet, { send }) => {
      if (packet.cmd !== 'subscribe') return false
      const granted = { full: 2, low: 0, no: 128 }[packet.subscriptions[0]?.topic ?? ''] ?? 128
      send({ cmd: 'suback', messageId: packet.messageId ?? 0, granted: [granted] })
      return true
    })
    const one = await line(url)
    const ask = (topic: string) => one.step({ subscribe: { topic, qos: 2 } }).settled
    expect(await ask('full')).toMatchObject({ outcome: 'ok', warnings: [] })
    expect(await ask('low')).toMatchObject({ outcome: 'ok', warnings: ['qos_lowered'] })
    expect((await ask('no')).failure).toMatchObject({
      class: 'mqtt_subscription_refused',
      phase: 'subscribe',
      message: 'the broker refused the subscription to "no": unspecified error (0x80)',
    })
    await one.connection.close()
  })
})

describe('requests that cannot be made', () => {
  const problem = (given: object, step: object, url = 'mqtt://host', headers = {}) =>
    mqtt.fromStep(mqtt.request.parse(step), addressOf(url, { headers }), mqtt.options.parse(given))

  test.each([
    ['no topic', {}, { publish: {} }, /no topic/],
    ['a reply that is not set up', {}, { publish: { topic: 'a' }, await: 'reply' }, /mqtt\.reply/],
    ['user properties in 3.1.1', {}, { publish: { topic: 'a', userProperties: { a: '1' } } }, /no user properties \(a\)/],
  ])('%s', (_name, given, step, said) => {
    expect(problem(given, step)).toMatchObject({ kind: 'problem', problem: expect.stringMatching(said) })
  })

  test('a wildcard in a topic that the path of an address makes', () => {
    expect(problem({}, { publish: {} }, 'mqtt://host/a/%23')).toMatchObject({ problem: expect.stringContaining('wildcard') })
  })

  test('headers have no place in 3.1.1, except on the upgrade to WebSocket', () => {
    const step = { publish: { topic: 'a' } }
    expect(problem({}, step, 'mqtt://host', { tenant: 'x' })).toMatchObject({ problem: expect.stringContaining('tenant') })
    expect(problem({}, step, 'ws://host', { tenant: 'x' }).kind).toBe('publish')
    expect(problem({}, step, 'mqtt://host', { 'X-Api-Key': 'k' }).kind).toBe('publish')
  })

  test.each([
    ['text', { bytes: Buffer.from('text') }],
    [7, { bytes: Buffer.from('7') }],
    [{ text: 7 }, { bytes: Buffer.from('7') }],
    [{ base64: 'AAE=' }, { bytes: Buffer.from([0, 1]) }],
    [{ json: [1] }, { json: [1] }],
    [{ a: 1, json: 2 }, { json: { a: 1, json: 2 } }],
    [[1], { json: [1] }],
  ])('a rendered payload %j', (payload, body) => {
    const step = { publish: { topic: 5, payload, dup: false, userProperties: undefined }, await: 'ack' }
    expect(mqtt.fromStep(step as never, addressOf('mqtt://host'), mqtt.options.parse({}))).toMatchObject({ topic: '5', body })
  })

  test.each([
    ['chat/in%20side', 'chat/in side'],
    ['a/%i', 'a/%i'],
    ['%c/%zz/%c3%a9/%ff/%', '%c/%zz/\u00e9/%ff/%'],
  ])('the path %s of the URL is the topic %s', (path, topic) => {
    expect(problem({}, { publish: {} }, `mqtt://host/${path}`)).toMatchObject({ topic })
  })

  test('an id needs an object to stand in', async () => {
    const { url, of } = await start()
    const one = await line(url, { ...BY_ID })
    const { failure } = await one.step({ publish: { payload: 'text' }, await: 'reply' }).settled
    expect(failure).toMatchObject({ class: 'local_request', phase: 'send', message: expect.stringContaining('meta.id') })
    expect(of('publish')).toEqual([])
    await one.connection.close()
  })
})
