import { describe, expect, test, vi } from 'vitest'
import { now } from '../../src/clock.ts'
import { websocket } from '../../src/connectors/websocket.ts'
import { Exchange } from '../../src/exchange.ts'
import { frame, OPCODE, text } from '../servers/ws-frames.ts'
import { addressOf, trial } from './contract.ts'
import { fateOf, type OptionsInput, serverFor, userOf } from './websocket-kit.ts'

const echo = {
  message: ({ socket }: { socket: { write(data: Buffer): unknown } }, said: string) => void socket.write(text(said)),
}

describe('frames that are sent', () => {
  test.each<[string, OptionsInput, 'text' | 'binary', string, (user: Awaited<ReturnType<typeof userOf>>) => unknown]>([
    ['a message object is JSON', {}, 'text', '{"a":1}', (user) => user.message({ a: 1 })],
    ['a message text is sent as it is', {}, 'text', 'plain', (user) => user.message('plain')],
    ['binary sends JSON as bytes', { binary: true }, 'binary', '{"a":1}', (user) => user.message({ a: 1 })],
    ['json', {}, 'text', '[1,null]', (user) => user.request({ json: [1, null] })],
    ['json null', {}, 'text', 'null', (user) => user.request({ json: null })],
    ['text stays text', { binary: true }, 'text', 'hi', (user) => user.request({ text: 'hi' })],
    ['binary from Base64', {}, 'binary', 'hi', (user) => user.request({ binary: 'aGk=' })],
  ])('%s', async (_name, options, kind, payload, send) => {
    const seen: [number, string][] = []
    const server = await serverFor({ message: (_peer, said, opcode) => void seen.push([opcode, said]) })
    send(await userOf(server.url, options))
    await vi.waitFor(() => expect(seen).toEqual([[OPCODE[kind], payload]]))
  })

  test.each([
    {},
    { json: 1, text: 'x' },
    { text: 'x', await: 'two' },
    { binary: 'no base64!' },
    { text: 'x', await: { count: 0 } },
  ])('%j is not a step', (step) => expect(websocket.request.safeParse(step).success).toBe(false))

  test.each([
    { reply: { until: { equals: 1 } } },
    { reply: { until: { path: '$[' } } },
    { reply: { ignore: [{ path: '$.a', equals: 1, exists: true }] } },
    { reply: { match: { correlate: { send: '$.a[0]' } } } },
    { subprotocols: ['a', 'a'] },
    { expectClose: [200] },
  ])('%j are no options', (options) => expect(websocket.options.safeParse(options).success).toBe(false))
})

describe('what the reply is', () => {
  const three = {
    message: ({ socket }: { socket: { write(data: Buffer): unknown } }) =>
      void socket.write(Buffer.concat([text('{"n":1}'), text('{"n":2,"last":true}'), text('{"n":3}')])),
  }

  test.each<[string, OptionsInput, Parameters<Awaited<ReturnType<typeof userOf>>['request']>[0], string]>([
    ['one message', {}, { text: 'go' }, '{"n":1}'],
    ['a number of them', {}, { text: 'go', await: { count: 3 } }, '{"n":1}{"n":2,"last":true}{"n":3}'],
    ['until a value', {}, { text: 'go', await: { until: { path: '$.last', equals: true } } }, '{"n":1}{"n":2,"last":true}'],
    ['until a value is there', {}, { text: 'go', await: { until: { path: '$.last' } } }, '{"n":1}{"n":2,"last":true}'],
    ['until a value is not there', {}, { text: 'go', await: { until: { path: '$.last', exists: false } } }, '{"n":1}'],
    ['until a text', {}, { text: 'go', await: { until: { contains: '"n":2' } } }, '{"n":1}{"n":2,"last":true}'],
    [
      'until, as the target says',
      { reply: { until: { path: 'n', equals: 3 } } },
      { text: 'go' },
      '{"n":1}{"n":2,"last":true}{"n":3}',
    ],
    ['what the step says goes first', { reply: { until: { path: 'n', equals: 3 } } }, { text: 'go', await: 'one' }, '{"n":1}'],
    ['ignored messages do not count', { reply: { ignore: [{ path: '$.n', equals: 1 }] } }, { text: 'go' }, '{"n":2,"last":true}'],
    [
      'one, where requests are not answered but a step waits',
      { reply: { match: 'none' } },
      { text: 'go', await: 'one' },
      '{"n":1}',
    ],
    ['nothing', {}, { text: 'go', await: 'none' }, ''],
    ['nothing, where requests are not answered', { reply: { match: 'none' } }, { text: 'go' }, ''],
  ])('%s', async (_name, options, step, expected) => {
    const server = await serverFor(three)
    const one = (await userOf(server.url, options)).request(step)
    expect(await fateOf(one)).toBe('ok')
    expect(one.text()).toBe(expected)
  })

  test('what is left of a reply is not the reply to the next request', async () => {
    const server = await serverFor(three)
    const user = await userOf(server.url)
    for (let n = 0; n < 5; n += 1) {
      const one = user.request({ text: 'go' })
      await one.settled
      expect(one.text()).toBe('{"n":1}')
    }
  })

  test('messages that nobody asked for are left alone', async () => {
    const server = await serverFor({ joined: ({ socket }) => void socket.write(text('greeting')), ...echo })
    const user = await userOf(server.url)
    // the greeting has been read when the pong to a ping after it has
    await vi.waitFor(() => expect(server.peers[0]?.socket.bytesWritten).toBeGreaterThan(100))
    await new Promise((resolve) => setImmediate(resolve))
    const one = user.request({ text: 'go' })
    await one.settled
    expect(one.text()).toBe('go')
  })

  describe('messages that come when a reply is complete', () => {
    /** Answers with the messages that it is asked for, in one packet. */
    const parrot = {
      message: ({ socket }: { socket: { write(data: Buffer): unknown } }, said: string) =>
        void socket.write(Buffer.concat(said.split(' ').map((word) => text(word)))),
    }
    const told = async (one: ReturnType<Awaited<ReturnType<typeof userOf>>['request']>) => {
      const { bytesReceived, warnings } = await one.settled
      return [one.text(), bytesReceived, [...warnings]]
    }

    test('are counted with the next request, and a warning of it; they make its reply no larger', async () => {
      const server = await serverFor(parrot)
      const user = await userOf(server.url)
      expect(await told(user.request({ text: 'a bb ccc' }))).toEqual(['a', 1, []])
      await vi.waitFor(() => expect(user.connection.strayMessages).toBe(2))
      const next = trial()
      Object.assign(next.exchange, { maxReplyBytes: 4 })
      expect(await told(user.request({ text: 'dddd' }, next))).toEqual(['dddd', 9, ['unasked_frames']])
      expect(await told(user.request({ text: 'e' }))).toEqual(['e', 1, []])
      expect(user.connection.strayMessages).toBe(0)
    })

    test('are only counted when they are to be ignored, carry ids, or nothing waits for a reply', async () => {
      const server = await serverFor(parrot)
      const ignoring = await userOf(server.url, { reply: { ignore: [{ path: '$.typing' }] } })
      expect(await told(ignoring.request({ text: 'a {"typing":1}' }))).toEqual(['a', 1, []])
      expect(await told(ignoring.request({ text: 'b' }))).toEqual(['b', 13, []])
      const matching = await userOf(server.url, { reply: { match: { correlate: { send: '$.id' } } } })
      expect(await told(matching.request({ json: { id: 1, n: 1 } }))).toEqual(['{"id":1,"n":1}', 14, []])
      expect(await told(matching.request({ json: { id: 2, n: 2 } }))).toEqual(['{"id":2,"n":2}', 14, []])
    })

    test('a greeting after the connection was made again is none of them', async () => {
      const server = await serverFor({ ...parrot, joined: ({ socket }) => void socket.write(text('{"hi":1}')) })
      const user = await userOf(server.url, { ready: { path: '$.hi' } })
      expect(await told(user.request({ text: 'a' }))).toEqual(['a', 1, []])
      await user.request({ disconnect: 'clean' }).settled
      expect((await told(user.request({ text: 'b' })))[2]).toEqual([])
    })
  })

  describe('ids that may be missing', () => {
    const correlate = { send: 'id', otherwise: 'fifo' } as const
    const match = { match: { correlate } }

    test('without any id, replies come in the order of the requests', async () => {
      const server = await serverFor({ message: ({ socket }, said) => void socket.write(text(`no json: ${JSON.parse(said).n}`)) })
      const user = await userOf(server.url, { reply: match })
      const all = [1, 2].map((n) => user.request({ json: { n } }))
      await Promise.all(all.map((one) => one.settled))
      expect(all.map((one) => one.text())).toEqual(['no json: 1', 'no json: 2'])
    })

    test('once one has come, they alone tell whose a message is', async () => {
      const server = await serverFor({
        message: ({ socket }, said) => void socket.write(Buffer.concat([text('{"push":1}'), text(said)])),
      })
      const user = await userOf(server.url, { reply: { ...match, ignore: [] } })
      await user.request({ json: { id: 'a' }, await: { count: 2 } }).settled
      const next = user.request({ json: { id: 'b' } })
      await next.settled
      expect([next.text(), next.exchange.warnings]).toEqual(['{"id":"b"}', []])
    })

    test('a reply that was given up costs the connection only while no id has come', async () => {
      const server = await serverFor({ message: ({ socket }, said) => said.includes('slow') || void socket.write(text(said)) })
      const user = await userOf(server.url, { reply: match })
      await user.request({ json: { id: 'a' } }).settled
      const slow = user.request({ json: { id: 'slow' } })
      user.connection.cancel(slow.exchange)
      await user.request({ json: { id: 'b' } }).settled
      expect(server.upgrades).toHaveLength(1)
      const other = await userOf(server.url, { reply: match })
      const first = other.request({ json: { id: 'slow' } })
      other.connection.cancel(first.exchange)
      await other.request({ json: { id: 'c' } }).settled
      expect(server.upgrades).toHaveLength(3)
    })

    test('a frame that goes out without one is answered by what answers nothing else', async () => {
      const server = await serverFor({
        message: ({ socket }, said) => void socket.write(text(said === '{"bare":1}' ? '{"id":"made up"}' : said)),
      })
      const user = await userOf(server.url, { reply: { match: { correlate: { send: 'id' } } } })
      const bare = user.request({ json: { bare: 1 }, correlate: false })
      await bare.settled
      expect([server.messages, bare.text()]).toEqual([['{"bare":1}'], '{"id":"made up"}'])
      const own = user.request({ json: { id: 'x' } })
      await own.settled
      expect(own.text()).toBe('{"id":"x"}')
    })
  })

  test('requests that overlap are answered in their order', async () => {
    const server = await serverFor(echo)
    const user = await userOf(server.url)
    const all = ['a', 'b', 'c'].map((said) => user.request({ text: said }))
    await Promise.all(all.map((one) => one.settled))
    expect(all.map((one) => one.text())).toEqual(['a', 'b', 'c'])
  })

  test('a reply that was given up takes its connection along, so that nothing of it reaches the next one', async () => {
    const server = await serverFor({
      message: ({ socket }, said) => {
        if (said === 'slow') return
        const [first] = server.peers
        if (first && !first.socket.destroyed) first.socket.write(text('late'))
        socket.write(text(said))
      },
    })
    const user = await userOf(server.url)
    const slow = user.request({ text: 'slow' })
    await vi.waitFor(() => expect(server.messages).toEqual(['slow']))
    slow.exchange.fail('timeout_headers', 'headers', 'the deadline passed')
    user.connection.cancel(slow.exchange)
    const next = user.request({ text: 'next' })
    await next.settled
    expect([slow.text(), next.text(), next.exchange.reused]).toEqual(['', 'next', false])
    expect(user.log).toEqual(['opened', 'closed', 'opened'])
  })

  test('a complete reply that turns out wrong later keeps its connection', async () => {
    const server = await serverFor(echo)
    const user = await userOf(server.url)
    const one = user.request({ text: 'a' })
    await one.settled
    one.exchange.overrule('check_failed', 'not what was asked for')
    user.connection.cancel(one.exchange)
    expect((await user.request({ text: 'b' }).settled).reused).toBe(true)
  })

  test.each([
    ['error_in_stream', 'the target said that it failed: that was its last word', true],
    ['bad_json', 'nobody knows what else may come', false],
  ])('a reply that its reader fails as %s: %s', async (failureClass, _why, kept) => {
    const server = await serverFor(echo)
    const user = await userOf(server.url)
    const { promise, resolve } = Promise.withResolvers<Exchange>()
    const reader = { push: (_: Uint8Array, exchange: Exchange) => exchange.reject(failureClass, 'bad'), end: () => {} }
    const exchange = new Exchange(now(), reader, resolve)
    user.message('a', { ...trial(), exchange })
    user.connection.cancel(await promise)
    expect((await user.request({ text: 'b' }).settled).reused).toBe(kept)
  })
})

test('stamps are those of the read, the same for all messages of one', async () => {
  const server = await serverFor({
    message: ({ socket }) => void socket.write(Buffer.concat([text('a'), text('b'), frame(OPCODE.ping), text('c')])),
  })
  const user = await userOf(server.url)
  const before = now()
  const one = user.request({ text: 'go', await: { count: 3 } })
  const exchange = await one.settled
  expect(one.stamps).toHaveLength(3)
  expect(new Set(one.stamps).size).toBe(1)
  expect(exchange.sentAt).toBeGreaterThanOrEqual(before)
  expect(exchange.firstByteAt).toBe(one.stamps[0])
  expect(exchange.firstByteAt).toBeGreaterThanOrEqual(exchange.sentAt)
})

test('an address may change between connections', async () => {
  const server = await serverFor({ message: ({ socket }) => socket.end() })
  const options = websocket.options.parse({})
  const user = await userOf(`${server.url}/first`)
  await user.request({ text: 'go' }).settled
  const second = trial()
  user.connection.send(websocket.fromMessage('x', addressOf(`${server.url}/second`), options), second.exchange)
  await second.settled
  expect(server.upgrades.map(({ target }) => target)).toEqual(['/first', '/second'])
})
