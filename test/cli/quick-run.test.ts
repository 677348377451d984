/** Runs without a file: a load that floods nobody, the same for every protocol, and nothing sent that can only fail. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { testCertificates } from '../servers/tls.ts'
import { timedTest } from '../support/quiet.ts'
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
    const { code, stderr } = await home.call(['run', '-p', protocol, '-e', url, ...flags, ...OUT, ...QUIET])
    expect([code, stderr]).toEqual([0, ''])
    return { sent: mock.stats().requests, result: home.result() }
  }

  // Two seconds show that it goes on; that it is so for every protocol shows in one.
  const seconds = protocol === 'http' ? 2 : 1
  timedTest(`-d ${seconds}: once per second`, async () => {
    const { sent, result } = await start('-d', String(seconds))
    expect(result.total.counts).toMatchObject({ planned: sent, ok: sent })
    expect(sent).toBeGreaterThanOrEqual(seconds)
    expect(sent).toBeLessThanOrEqual(seconds + 1)
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
    const { code, stderr } = await home.call(['run', '-p', protocol, '-e', url, '-n', '1', ...OUT, ...QUIET])
    expect([code, stderr, mock.stats().requests]).toEqual([0, '', 1])
    expect(home.result().target[0]?.url).toBe(`${scheme}://${url}`)
  },
)

test.each([
  ['websocket', 'ws://localhost:8000/ws/mobile/sync/'],
  ['mqtt', 'mqtt://localhost:1883/graphql/mutation'],
])('-p %s alone goes where Stream Testbench goes', async (protocol, address) => {
  const { code, stdout } = await new Home().call(['run', '-p', protocol, '--show-config'])
  expect(code).toBe(0)
  expect(stdout).toContain(address)
})

test.each([
  ['-p mixed', ['-p', 'mixed'], {}, '--protocol mixed'],
  ['-p MIXED with an address', ['-p', 'MIXED', '-e', 'localhost:8000/ws'], {}, '--protocol MIXED'],
  ['-p mixed beside a file', ['a.json', '-p', 'mixed'], {}, '--protocol mixed'],
  ['the variable', ['-e', 'ws://127.0.0.1:1/'], { BURN_PROTOCOL: 'mixed' }, 'BURN_PROTOCOL=mixed'],
])('%s takes a file with two targets, and generate writes it', async (_, args, env, given) => {
  const home = new Home()
  home.write('a.json', { name: 'a', target: { url: 'mock:' }, steps: [{ message: 'Hi' }] })
  const { code, stderr } = await home.call(['run', ...args], { env })
  expect([code, stderr.split('\n')[0]]).toEqual([2, `burn: ${given}: two protocols have an address each`])
  expect(stderr).toContain('burn generate --type mixed')
  expect((await home.call(['generate', '--type', 'mixed', '-o', 'made'])).code).toBe(0)
  expect((await home.call(['plan', 'made/mixed_protocol_stress.yaml'])).code).toBe(0)
})

test('an address without a scheme and without a protocol is refused, with the two ways out', async () => {
  const { code, stderr } = await new Home().call(['run', '-e', 'localhost:8000/chat'])
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
  expect((await home.call(['run', 'a.json', ...OUT, ...QUIET])).code).toBe(0)
  home.write('b.json', {
    name: 'b',
    target: { url: 'ws://127.0.0.1:1/ws', protocol: 'websocket' },
    load: [{ iterations: 1 }],
    steps,
  })
  expect((await home.call(['run', 'b.json', '-e', `${place}/ws`, '--out', 'b', ...QUIET, '--allow-lag', '60s'])).code).toBe(0)
  expect(mock.stats().requests).toBe(2)
})

test.each([
  [[], 'users: 1\n    pace: 1/s\n    for: 60s'],
  [['-d', '5'], 'pace: 1/s\n    users: 1\n    for: 5s'],
  [['-c', '10'], 'pace: 1/s\n    users: 10\n    for: 60s'],
  [['-c', '10', '-r', '5'], 'pace: 0.5/s\n    users: 10\n    for: 60s'],
  [['-c', '10', '-r', '5', '--rate-scope', 'connection'], 'pace: 5/s\n    users: 10\n    for: 60s'],
  [['-c', '1e6'], 'pace: 1/s\n    users: 1000000\n    for: 60s'],
  [['-n', '1.5k', '-c', '1_0'], 'iterations: 1500\n    users: 10'],
  [['-r', '5'], 'rate: 5/s\n    for: 60s'],
  [['-r', '1.5k'], 'rate: 1.5k/s\n    for: 60s'],
  [['-c', '10', '-r', '1k'], 'pace: 100/s\n    users: 10\n    for: 60s'],
])('the load of %j, as --show-config says', async (flags, load) => {
  const { code, stdout } = await new Home().call(['run', '-e', 'mock:', ...flags, '--show-config'])
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
  const { code, stderr } = await new Home().call(['run', '-p', protocol, '-e', url, ...OUT])
  expect([code, mock.stats().connectionsAccepted]).toEqual([2, 0])
  expect(stderr).toMatch(words)
})

test.each([
  ['mqtt', '', ['--set', 'target.mqtt.topic=a/b']],
  ['grpc', '', ['--set', 'target.grpc.service=burn.chat.v1.ChatService', '--set', 'target.grpc.method=SendMessage']],
])('%s: the place may come from the options as well', async (protocol, path, flags) => {
  const mock = await mockFor()
  const url = mock.url.replace('http', protocol) + path
  const { code, stderr } = await new Home().call(['run', '-p', protocol, '-e', url, '-n', '2', ...flags, ...OUT, ...QUIET])
  expect([code, stderr, mock.stats().requests]).toEqual([0, '', 2])
})

describe('an address without a path takes that of the preset', () => {
  const seen = async (preset: string, scheme: string, more: readonly string[] = []) => {
    const home = new Home()
    const mock = await mockFor()
    const url = mock.url.replace('http', scheme)
    const run = ['run', '--preset', preset, '--model', 'demo', '-m', 'Hello', '-n', '1', ...more, ...OUT, ...QUIET]
    const { code, stderr } = await home.call([...run, '-e', url])
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
    const { code } = await home.call(['run', '--preset', 'django-mqtt', '-p', 'mqtt', '-e', url, '-n', '1', ...OUT, ...QUIET])
    expect([code, mock.log().map((entry) => entry.path)]).toEqual([0, ['graphql/mutation']])
  })

  test('so does target.url in a file, and a path of its own stays, be it the root', async () => {
    const home = new Home()
    const mock = await mockFor()
    const steps = [{ message: 'Hello' }]
    for (const [name, path] of Object.entries({ base: '', root: '/' }))
      home.write(`${name}.json`, { name, target: { preset: 'openai-chat', model: 'demo', url: mock.url + path }, steps })
    expect((await home.call(['run', 'base.json', '--out', 'base', ...QUIET, '--allow-lag', '60s'])).code).toBe(0)
    await home.call(['run', 'root.json', '--out', 'root', ...QUIET, '--allow-lag', '60s'])
    expect(mock.log().map((entry) => entry.path)).toEqual(['/v1/chat/completions', '/'])
  })
})

describe('an address as the argument', () => {
  test.each([[['run']], [[]], [['run', '--url']], [['run', '-e']]])('%j ADDRESS', async (words) => {
    const home = new Home()
    const mock = await mockFor()
    const { code, stderr } = await home.call([...words, `${mock.url}/health`, '-n', '2', ...OUT])
    expect(code).toBe(0)
    expect(stderr).toContain('load: 2 iterations, 1 user\n')
    expect(mock.log().map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /health', 'GET /health'])
  })

  test('is one, and stands alone', async () => {
    const home = new Home()
    const twice = await home.call(['run', 'http://127.0.0.1:1/a', 'http://127.0.0.1:1/b'])
    expect([twice.code, twice.stderr]).toEqual([
      2,
      expect.stringContaining('http://127.0.0.1:1/a is an address, and 1 more name is given'),
    ])
    const both = await home.call(['run', 'http://127.0.0.1:1/a', '-e', 'http://127.0.0.1:1/b'])
    expect([both.code, both.stderr]).toEqual([
      2,
      expect.stringContaining('two addresses: http://127.0.0.1:1/a, and http://127.0.0.1:1/b'),
    ])
  })
})

describe('flags of the request', () => {
  const sent = async (flags: readonly string[], write?: (home: Home) => void) => {
    const home = new Home()
    const mock = await mockFor()
    write?.(home)
    const { code, stderr } = await home.call(['run', `${mock.url}/v1/models`, '-n', '1', ...flags, ...OUT, ...QUIET])
    return { code, stderr, request: mock.log()[0] }
  }

  test('-X and -H', async () => {
    const { request } = await sent(['-X', 'put', '-H', 'x-tenant: a:b', '-H', 'x-empty:'])
    expect([request?.method, request?.headers]).toEqual(['PUT', expect.objectContaining({ 'x-tenant': 'a:b', 'x-empty': '' })])
  })

  test.each([
    ['{"a": "${b} $5"}', 'application/json'],
    ['a=1&b=2', 'application/x-www-form-urlencoded'],
  ])('--data %s is sent as it is, as %s', async (data, type) => {
    const { request } = await sent(['--data', data])
    expect([request?.method, request?.body, request?.headers['content-type']]).toEqual(['POST', data, type])
  })

  test('--data @file, with a type of its own', async () => {
    const { request } = await sent(['--data', '@body.xml', '-H', 'content-type: text/xml'], (home) =>
      home.write('body.xml', '<a/>'),
    )
    expect([request?.body, request?.headers['content-type']]).toEqual(['<a/>', 'text/xml'])
  })

  test.each([
    [['--data', '@none.json'], /--data @none.json: there is no such file\n/],
    [['--cacert', 'none.pem'], /--cacert: \S+none\.pem is not there\n/],
    [['--set', 'target.tls.ca=none.pem'], /none\.pem is not there \(paths start at \/.*burn-cli-\w+\)/],
    [['--vars-file', '.'], /--vars-file \.: it is a directory\n/],
    [['--data', 'x', '-m', 'Hi'], /--message is a chat message/],
    [['-H', 'no colon'], /--header "no colon": expected a name, a colon and a value/],
    [['-p', 'websocket', '-X', 'GET'], /--method GET: websocket has no methods/],
  ])('%j: exit 2', async (flags, words) => {
    const { code, stderr } = await sent(flags)
    expect([code, stderr]).toEqual([2, expect.stringMatching(words)])
  })

  test('--data and a file: exit 2', async () => {
    const home = new Home()
    home.write('s.json', { name: 's', target: { url: 'mock:' }, steps: [{ message: 'Hi' }] })
    const { code, stderr } = await home.call(['run', 's.json', '--data', 'x'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('--data is for runs without a file')])
  })

  test('-k, --cacert, --cert and --key are the keys of tls, with paths from here', async () => {
    const home = new Home()
    const { caFile, client } = testCertificates()
    for (const [name, file] of [['ca.pem', caFile], ['c.pem', client.certFile], ['k.pem', client.keyFile]] as const) home.write(name, readFileSync(file, 'utf8')) // biome-ignore format: pairs
    const flags = ['-k', '--cacert', 'ca.pem', '--cert', 'c.pem', '--key', 'k.pem']
    const { stdout } = await home.call(['run', 'https://127.0.0.1:1/', ...flags, '--show-config'])
    for (const line of [
      'insecure: true',
      `ca: ${home.file('ca.pem')}`,
      `cert: ${home.file('c.pem')}`,
      `key: ${home.file('k.pem')}`,
    ])
      expect(stdout).toContain(line)
  })

  test('flags of TLS with an address that has none are said to do nothing', async () => {
    const { code, stderr } = await new Home().call(['run', 'http://127.0.0.1:1/', '-k', '--show-config'])
    expect([code, stderr]).toEqual([0, 'flag --insecure does nothing: the address is http://…, without TLS\n'])
  })

  test.each([
    [['--cacert'], 'certificate'],
    [['--cert'], 'certificate'],
    [['--cert', 'good.pem', '--key'], 'private key'],
  ])('%s with a file that is none: exit 2', async (flags, kind) => {
    const home = new Home()
    const { good } = testCertificates()
    home.write('good.pem', good.cert)
    home.write('x.pem', '-----BEGIN CERTIFICATE-----\ngarbage\n-----END CERTIFICATE-----\n')
    const { code, stderr } = await home.call(['run', 'https://127.0.0.1:1/', ...flags, 'x.pem', '--show-config'])
    expect([code, stderr]).toEqual([2, expect.stringContaining(`x.pem holds no ${kind} in PEM form`)])
  })

  test('over other protocols the data is the frame, the payload or the message', async () => {
    const home = new Home()
    const mock = await mockFor()
    const at = (scheme: string, path: string) => mock.url.replace('http', scheme) + path
    const run = (url: string, data: string, out: string) =>
      home.call(['run', url, '--data', data, '-n', '1', '--out', out, '--allow-lag', '60s', ...QUIET])
    const codes = [
      await run(at('ws', '/ws'), '{"message":"Hi"}', 'ws'),
      await run(at('mqtt', '/a/b'), 'plain', 'mqtt'),
      await run(at('grpc', '/burn.chat.v1.ChatService/SendMessage'), '{"message":"Hi"}', 'grpc'),
    ]
    expect(codes.map(({ code, stderr }) => [code, stderr])).toEqual(Array(3).fill([0, '']))
    expect((await run(at('grpc', '/burn.chat.v1.ChatService/SendMessage'), 'Hi', 'text')).stderr).toContain(
      'a gRPC message is written as JSON',
    )
  })
})

test('with nothing to run, what the hint says works in an empty folder', async () => {
  const home = new Home()
  const { code, stderr } = await home.call(['run'])
  const commands = Array.from(stderr.matchAll(/`burn ([^`]+)`/g), ([, words = '']) => words.split(' '))
  expect([code, commands.length]).toEqual([2, 2])
  for (const args of commands) {
    const more = args[0] === 'run' ? [...OUT, ...QUIET] : []
    expect((await home.call([...args, ...more])).code, args.join(' ')).toBe(0)
  }
  expect(home.result().total.counts.ok).toBe(3)
})
