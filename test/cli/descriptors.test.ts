/** Far more connections than the system lets us open: this side's fault by name on every protocol, and never a bug. */
import { expect, test } from 'vitest'
import { shareOf } from '../support/share.ts'
import { Home, mockFor, SUBSCRIBED } from './harness.ts'

/** Too few for the load, enough to start. */
const FEW = 70

const targets: [name: string, path: string, target: object][] = [
  ['http', '/chat', {}],
  ['http by name', '/chat', {}],
  ['sse', '/sse', { protocol: 'sse' }],
  ['sse subscribe', '/sse/say', SUBSCRIBED],
  ['websocket', '/ws/chat', { protocol: 'websocket' }],
  // An acknowledgement comes at once: only a reply keeps so many connections in use.
  [
    'mqtt',
    '/chat/in',
    { protocol: 'mqtt', mqtt: { reply: { topic: 'chat/out/%c', correlation: { send: 'id', receive: 'id' } } } },
  ],
  ['grpc', '/burn.chat.v1.ChatService/SendMessage', { protocol: 'grpc' }],
]

test.each(shareOf(targets))('%s: out of descriptors', async (name, path, target) => {
  const mock = await mockFor({ firstTokenMs: 600 })
  const home = new Home()
  const scheme = { websocket: 'ws:', mqtt: 'mqtt:', grpc: 'grpc:' }[name] ?? 'http:'
  const origin = mock.url.replace('http:', scheme).replace('127.0.0.1', name === 'http by name' ? 'localhost' : '127.0.0.1')
  const file = home.write('few.json', {
    name: 'few',
    target: { url: origin + path, ...target },
    // All at once: how many are refused is no matter of how fast the machine is.
    load: [{ users: 400, iterations: 400 }],
    steps: [{ message: 'hi' }],
  })
  // Connections that last would be refused before the load: what the load itself says of them is seen without that.
  const run = await home.burn(['run', file, '--out', 'out', '--no-preflight'], {
    program: 'sh',
    node: ['-c', `ulimit -n ${FEW} && exec "$0" "$@"`, process.execPath],
  })
  const result = home.result()
  const { planned, ok, failed, cut, dropped } = result.total.counts
  expect([3, 4], run.stderr).toContain(run.code)
  expect([planned, ok + failed + cut + dropped]).toEqual([400, 400])
  expect(
    result.errors.filter(({ class: one }) => one !== 'local_files').map(({ class: one, sample }) => `${one}: ${sample}`),
  ).toEqual([])
  expect(result.errors[0]?.count).toBeGreaterThan(20)
  expect(run.stderr).toContain('ulimit -n')
  expect(run.stderr).not.toMatch(/undefined|local_files: /)
})

test('an open phase that does not say how many users opens no more connections than there are descriptors', async () => {
  const mock = await mockFor({ firstTokenMs: 600 })
  const home = new Home()
  const file = home.write('open.json', {
    name: 'open',
    target: { url: `${mock.url}/chat` },
    load: [{ rate: '400/s', for: '1s' }],
    steps: [{ message: 'hi' }],
  })
  const run = await home.burn(['run', file, '--out', 'out'], {
    program: 'sh',
    node: ['-c', `ulimit -n 128 && exec "$0" "$@"`, process.execPath],
  })
  const result = home.result()
  const { planned, ok, failed, cut, dropped } = result.total.counts
  expect(run.code, run.stderr).toBe(4)
  expect([planned, failed, ok + cut + dropped]).toEqual([400, 0, 400])
  expect(result.connectionMetrics.maxOpenConnections).toBeLessThanOrEqual(64)
  expect(result.notes.join()).toMatch(
    /found all 64 users busy, as many as are allowed by open files; raise the limit with `ulimit -n`/,
  )
})
