/** The WebSocket connector against a server of another make: Debian's python3-websockets, which only the system's own Python finds. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fateOf, userOf } from '../connectors/websocket-kit.ts'
import { runScenario } from '../support/run.ts'

let child: ChildProcess
let lines: AsyncIterator<string>
let url: string

beforeAll(async () => {
  child = spawn('/usr/bin/python3', [join(import.meta.dirname, '../servers/ws-python.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const failed = once(child, 'exit').then(() => {
    throw new Error('the server did not start: is python3-websockets installed?')
  })
  if (!child.stdout) throw new Error('the child has a pipe for its output')
  lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const first = await Promise.race([lines.next(), failed])
  failed.catch(() => {})
  if (first.done) throw new Error('the server did not start: is python3-websockets installed?')
  url = `ws://127.0.0.1:${first.value}`
})
afterAll(() => void child.kill())

test.each([false, true])('text and binary of every size come back, compression: %s', async (compression) => {
  const user = await userOf(url, { compression, subprotocols: ['chat.v2'] })
  for (const size of [0, 1, 125, 126, 65_535, 65_536, 1_000_000]) {
    const said = 'é'.repeat(size / 2) + 'x'.repeat(size % 2)
    const one = user.request({ text: said })
    expect(await fateOf(one)).toBe('ok')
    expect(one.text()).toBe(said)
    const two = user.request({ binary: Buffer.alloc(size, 7).toString('base64') })
    expect((await two.settled).bytesReceived).toBe(size)
  }
})

test('messages in fragments, many messages, close codes, a dropped connection, one that is too large', async () => {
  const user = await userOf(url, { maxMessage: '1MiB' })
  const fragments = user.request({ json: { fragments: ['a', 'b', '🔥'] } })
  expect([await fateOf(fragments), fragments.text()]).toEqual(['ok', 'ab🔥'])
  const many = user.request({ json: { count: 1000 }, await: { until: { path: '$.last', equals: true } } })
  expect([await fateOf(many), many.stamps.length]).toEqual(['ok', 1000])
  expect(await fateOf(user.request({ json: { close: 4001 } }))).toBe('ws_close_4001')
  expect(await fateOf(user.request({ json: { drop: true } }))).toBe('ws_close_1006')
  expect(await fateOf(user.request({ json: { big: 2 ** 20 + 1 } }))).toBe('bad_ws')
  expect(await fateOf(user.request({ text: 'still here' }))).toBe('ok')
})

test('a subprotocol that it does not know', async () => {
  await expect(userOf(url, { subprotocols: ['chat.v9'] })).rejects.toMatchObject({ class: 'bad_ws', phase: 'headers' })
})

test('a run, and its own counts in the end', async () => {
  const { attempts } = await runScenario({
    name: 'echo',
    target: { protocol: 'websocket', url },
    load: [{ users: 10, iterations: 200 }],
    steps: [{ request: { text: 'hello {{user.number}}' }, expect: [{ contains: 'hello' }] }],
  })
  expect(attempts.filter(({ exchange }) => exchange.outcome === 'ok')).toHaveLength(200)
  child.stdin?.end()
  const last = await lines.next()
  const counts = JSON.parse(String(last.value))
  // 28 echoes, 6 of the second test, 200 of the run
  expect(counts.messages).toBe(28 + 6 + 200)
  expect(counts.closed['1009']).toBe(1)
})
