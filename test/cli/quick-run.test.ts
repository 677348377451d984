/** Runs without a file: a load that floods nobody, the same for every protocol, and nothing sent that can only fail. */
import { describe, expect, test } from 'vitest'
import { Home, mockFor, OUT } from './harness.ts'

const QUIET = ['--log', 'none', '-q'] as const

/** Addresses on the mock by protocol. */
const PLACES: readonly (readonly [string, string, string])[] = [
  ['http', 'http', '/health'],
  ['sse', 'http', '/sse'],
  ['websocket', 'ws', '/ws'],
  ['mqtt', 'mqtt', '/some/topic'],
  ['grpc', 'grpc', '/burn.chat.v1.ChatService/SendMessage'],
]

describe.each(PLACES)('%s', (protocol, scheme, path) => {
  const start = async (...flags: string[]) => {
    const home = new Home()
    const mock = await mockFor()
    const url = mock.url.replace('http', scheme) + path
    const { code, stderr } = await home.burn(['run', '-p', protocol, '-e', url, ...flags, ...OUT, ...QUIET])
    expect([code, stderr]).toEqual([0, ''])
    return { sent: mock.stats().requests, result: home.result() }
  }

  test('-d 2: once per second', async () => {
    const { sent, result } = await start('-d', '2')
    expect(result.total.counts).toMatchObject({ planned: sent, ok: sent })
    expect(sent).toBeGreaterThanOrEqual(2)
    expect(sent).toBeLessThanOrEqual(3)
  })

  test('-n 3 -c 2: as many as were asked for', async () => {
    const { sent, result } = await start('-n', '3', '-c', '2')
    expect([sent, result.total.counts.ok]).toEqual([3, 3])
  })
})

test.each(PLACES.filter(([protocol]) => protocol !== 'sse'))(
  '%s: an address without a scheme gets that of -p',
  async (protocol, scheme, path) => {
    const home = new Home()
    const mock = await mockFor()
    const url = mock.url.replace('http://', '') + path
    const { code, stderr } = await home.burn(['run', '-p', protocol, '-e', url, '-n', '1', ...OUT, ...QUIET])
    expect([code, stderr, mock.stats().requests]).toEqual([0, '', 1])
    expect(home.result().target[0]?.url).toBe(`${scheme}://${url}`)
  },
)

test.each([
  ['websocket', 'ws://localhost:8000/ws/mobile/sync/'],
  ['mqtt', 'mqtt://localhost:1883/graphql/mutation'],
])('-p %s alone goes where Stream Testbench goes', async (protocol, address) => {
  const { code, stdout } = await new Home().burn(['run', '-p', protocol, '--show-config'])
  expect(code).toBe(0)
  expect(stdout).toContain(address)
})

test('an address without a scheme and without a protocol is refused, with the two ways out', async () => {
  const { code, stderr } = await new Home().burn(['run', '-e', 'localhost:8000/chat'])
  expect(code).toBe(2)
  expect(stderr).toContain('an address begins with its scheme')
  expect(stderr).toContain('or name its protocol')
})

test('in a file the protocol completes the address as well, and so it does one from a flag', async () => {
  const home = new Home()
  const mock = await mockFor()
  const place = mock.url.replace('http://', '')
  const steps = [{ request: { json: { a: 1 } } }]
  home.write('a.json', { name: 'a', target: { protocol: 'websocket', url: `${place}/ws` }, load: [{ iterations: 1 }], steps })
  expect((await home.burn(['run', 'a.json', ...OUT, ...QUIET])).code).toBe(0)
  home.write('b.json', {
    name: 'b',
    target: { url: 'ws://127.0.0.1:1/ws', protocol: 'websocket' },
    load: [{ iterations: 1 }],
    steps,
  })
  expect((await home.burn(['run', 'b.json', '-e', `${place}/ws`, '--out', 'b', ...QUIET, '--allow-lag', '60s'])).code).toBe(0)
  expect(mock.stats().requests).toBe(2)
})

test.each([
  [[], 'users: 1\n    pace: 1/s\n    for: 60s'],
  [['-d', '5'], 'pace: 1/s\n    users: 1\n    for: 5s'],
  [['-c', '10'], 'pace: 1/s\n    users: 10\n    for: 60s'],
  [['-c', '10', '-r', '5'], 'pace: 5/s\n    users: 10\n    for: 60s'],
  [['-r', '5'], 'rate: 5/s\n    for: 60s'],
])('the load of %j, as --show-config says', async (flags, load) => {
  const { code, stdout } = await new Home().burn(['run', '-e', 'mock:', ...flags, '--show-config'])
  expect(code).toBe(0)
  expect(stdout).toContain(`load:\n  - ${load}\n`)
  if (flags.length === 0) expect(stdout).toContain('# load: default of a run without a file')
})

test.each([
  ['mqtt', 'mqtt', '', /--endpoint: no topic to publish to/],
  ['mqtt', 'mqtt', '/', /--endpoint: no topic to publish to/],
  ['mqtt', 'ws', '/mqtt', /--endpoint: no topic to publish to/],
  ['grpc', 'grpc', '', /--endpoint: no method to call/],
])('-p %s -e %s://host%s: nowhere to send it, so nothing is sent', async (protocol, scheme, path, words) => {
  const mock = await mockFor()
  const url = mock.url.replace('http', scheme) + path
  const { code, stderr } = await new Home().burn(['run', '-p', protocol, '-e', url, ...OUT])
  expect([code, mock.stats().connectionsAccepted]).toEqual([2, 0])
  expect(stderr).toMatch(words)
})

test.each([
  ['mqtt', '', ['--set', 'target.mqtt.topic=a/b']],
  ['grpc', '', ['--set', 'target.grpc.service=burn.chat.v1.ChatService', '--set', 'target.grpc.method=SendMessage']],
])('%s: the place may come from the options as well', async (protocol, path, flags) => {
  const mock = await mockFor()
  const url = mock.url.replace('http', protocol) + path
  const { code, stderr } = await new Home().burn(['run', '-p', protocol, '-e', url, '-n', '2', ...flags, ...OUT, ...QUIET])
  expect([code, stderr, mock.stats().requests]).toEqual([0, '', 2])
})

describe('an address without a path takes that of the preset', () => {
  const seen = async (preset: string, scheme: string, more: readonly string[] = []) => {
    const home = new Home()
    const mock = await mockFor()
    const url = mock.url.replace('http', scheme)
    const run = ['run', '--preset', preset, '--model', 'demo', '-m', 'Hello', '-n', '1', ...more, ...OUT, ...QUIET]
    const { code, stderr } = await home.burn([...run, '-e', url])
    expect([code, stderr]).toEqual([0, ''])
    return mock.log().map((entry) => entry.path)
  }

  test.each([
    ['openai-chat', 'http', '/v1/chat/completions'],
    ['anthropic', 'http', '/v1/messages'],
    ['ollama', 'http', '/api/chat'],
    ['gemini', 'http', '/v1beta/models/demo:streamGenerateContent'],
    ['django-mqtt', 'mqtt', 'graphql/mutation'],
    ['custom-grpc', 'grpc', '/burn.chat.v1.ChatService/SendMessage'],
  ])('%s at %s://host', async (preset, scheme, path) => {
    expect((await seen(preset, scheme)).map((one) => one.replace(/\?.*/, ''))).toEqual([path])
  })

  test('over a WebSocket the topic is that of the preset, and the path the address of the broker', async () => {
    const home = new Home()
    const mock = await mockFor()
    const url = `${mock.url.replace('http', 'ws')}/mqtt`
    const { code } = await home.burn(['run', '--preset', 'django-mqtt', '-p', 'mqtt', '-e', url, '-n', '1', ...OUT, ...QUIET])
    expect([code, mock.log().map((entry) => entry.path)]).toEqual([0, ['graphql/mutation']])
  })

  test('so does target.url in a file, and a path of its own stays, be it the root', async () => {
    const home = new Home()
    const mock = await mockFor()
    const steps = [{ message: 'Hello' }]
    for (const [name, path] of Object.entries({ base: '', root: '/' }))
      home.write(`${name}.json`, { name, target: { preset: 'openai-chat', model: 'demo', url: mock.url + path }, steps })
    expect((await home.burn(['run', 'base.json', '--out', 'base', ...QUIET, '--allow-lag', '60s'])).code).toBe(0)
    await home.burn(['run', 'root.json', '--out', 'root', ...QUIET, '--allow-lag', '60s'])
    expect(mock.log().map((entry) => entry.path)).toEqual(['/v1/chat/completions', '/'])
  })
})
