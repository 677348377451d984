/** A secret shows in nothing that the command prints or writes, in no encoding, even when the server says it back. */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type FaultServer, faultServer, reply, type Seen } from '../servers/http-faults.ts'
import { ALL_CASES } from '../support/share.ts'
import { closeAfter, Home, OUT } from './harness.ts'

const SECRET = `s3cr+t/"q'&<k>=%41-${'0123456789abcdef'.repeat(4)}`

const base64 = (text: string) => Buffer.from(text).toString('base64')
const hex = (text: string) => Buffer.from(text).toString('hex')
const inJson = (text: string) => JSON.stringify(text).slice(1, -1)

/** What a careless server or program could make of it. */
const FORMS: Record<string, string> = {
  plain: SECRET,
  'in JSON': inJson(SECRET),
  'in JSON in JSON': inJson(inJson(SECRET)),
  'in JSON in JSON in JSON': inJson(inJson(inJson(SECRET))),
  base64: base64(SECRET).replace(/=+$/, ''),
  'base64 with a user': base64(`someone:${SECRET}`),
  base64url: Buffer.from(SECRET).toString('base64url'),
  percent: encodeURIComponent(SECRET),
  form: new URLSearchParams({ a: SECRET }).toString().slice(2),
  hex: hex(SECRET),
  HEX: hex(SECRET).toUpperCase(),
  HTML: SECRET.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
}

/** What the server below says: its own JSON adds one more escaping. */
const SENT = Object.fromEntries(Object.entries(FORMS).filter(([name]) => name !== 'in JSON in JSON in JSON'))

/** The tail of it is told apart from chance: no piece of so many characters may show either. */
const PIECES = [SECRET.slice(0, 14), SECRET.slice(-40), base64(`someone:${SECRET}`).slice(12, -4)]

function leaksIn(texts: Readonly<Record<string, string>>): string[] {
  return Object.entries(texts).flatMap(([where, text]) => [
    ...Object.entries(FORMS)
      .filter(([, form]) => text.includes(form))
      .map(([form]) => `${form} in ${where}`),
    ...PIECES.filter((piece) => text.includes(piece)).map((piece) => `"${piece}" in ${where}`),
  ])
}

/** Answers with every form of what it was sent: in the body, in headers, with status 200 or 401. */
async function leakyServer(): Promise<FaultServer> {
  const leak = (status: string) => (socket: import('node:net').Socket, _request: Seen) => {
    const body = JSON.stringify({
      text: `You sent ${SECRET}`,
      error: { message: `bad key ${SECRET}: ${hex(SECRET)}` },
      forms: SENT,
    })
    const headers = {
      'content-type': 'application/json',
      'x-forms': base64(SECRET),
      'set-cookie': `s=${encodeURIComponent(SECRET)}`,
    }
    socket.write(reply(body, headers, status))
  }
  const server = await faultServer({ '/ok': leak('200 OK'), '/denied': leak('401 Denied'), '/': leak('200 OK') })
  closeAfter({ close: () => server.stop() })
  return server
}

const REPORTS = ['console', 'json', 'junit', 'md', 'html', 'hlog', 'prometheus', 'csv', 'jsonl']

/** Runs a scenario with every output there is, and gives all that came out, by name; `how`: as processes, or as calls in this one. */
async function everythingSaid(
  home: Home,
  args: readonly string[],
  env: Record<string, string>,
  how: 'burn' | 'call' = 'call',
): Promise<Record<string, string>> {
  const flags = [
    ...OUT,
    '--log',
    'all',
    '--report',
    'junit,md,json,html,hlog,csv:run,csv:step,jsonl',
    '--json',
    '-v',
    '-o',
    'copy.json',
  ]
  const run = await home[how]([...args, ...flags], { env })
  const said: Record<string, string> = { stdout: run.stdout, stderr: run.stderr }
  const shown = await home[how]([...args, '--show-config'], { env })
  said['--show-config'] = shown.stdout + shown.stderr
  const machine = await home[how]([...args, ...OUT, '--overwrite', '--log-format', 'json', '-v', '--log', 'all'], { env })
  said['stderr as JSON'] = machine.stderr
  for (const format of REPORTS) {
    const report = await home[how](['report', 'out', '--format', format])
    expect(report.code).toBe(0)
    said[`report ${format}`] = report.stdout + report.stderr
  }
  for (const name of home.files().filter((file) => file !== 's.json')) said[name] = home.read(name)
  return said
}

const steps = [
  { name: 'ok', request: { method: 'POST', path: '/ok', json: { hi: 1 } }, expect: [{ contains: 'never there' }] },
  { name: 'json', request: { path: '/ok' }, expect: [{ json: '$.text', equals: 'never' }], capture: { seen: '$.text' } },
  { name: 'denied', request: { path: '/denied' } },
]

const ENV = '${env.CHAT_API_KEY}'
const rows: [string, (url: string) => Record<string, unknown>][] = [
  ['bearer', (url) => ({ url, auth: { type: 'bearer', token: ENV } })],
  ['basic', (url) => ({ url, auth: { type: 'basic', username: 'someone', password: ENV } })],
  ['apiKey in the query', (url) => ({ url, auth: { type: 'apiKey', in: 'query', name: 'key', value: ENV } })],
  ['apiKey in a header', (url) => ({ url, auth: { type: 'apiKey', value: ENV } })],
  ['headers', (url) => ({ url, auth: { type: 'headers', headers: { 'x-custom': ENV } } })],
  ['a plain header', (url) => ({ url, headers: { authorization: `Bearer ${SECRET}` } })],
  ['a query parameter', (url) => ({ url, query: { access_token: SECRET } })],
  ['inside the URL', (url) => ({ url: `${url}/?token=${encodeURIComponent(SECRET)}` })],
  ['in plain words', (url) => ({ url, auth: { type: 'bearer', token: SECRET } })],
]

describe('a run against a server that says everything back', () => {
  test.each(rows)('%s', async (name, target) => {
    const home = new Home()
    const server = await leakyServer()
    const scenario = {
      name: 'leaky',
      target: { protocol: 'http', ...target(server.url) },
      load: [{ iterations: 3, users: 1 }],
      steps,
    }
    home.write('s.json', scenario)
    const said = await everythingSaid(
      home,
      ['run', 's.json'],
      { CHAT_API_KEY: SECRET },
      ALL_CASES && name === 'bearer' ? 'burn' : 'call',
    )
    expect(leaksIn(said)).toEqual([])
    // It was really sent, and what came back was really written.
    const wire = server.seen.map(({ target: path, headers }) => `${path} ${JSON.stringify(headers)}`).join('\n')
    expect(leaksIn({ wire })).not.toEqual([])
    expect(said[join('out', 'sessions.jsonl')]).toContain('You sent [secret]')
    expect(said[join('out', 'result.json')]).toContain('[secret]')
  })

  test('as flags', async () => {
    const home = new Home()
    const server = await leakyServer()
    const auth = `target.auth=${JSON.stringify({ type: 'bearer', token: SECRET })}`
    const said = await everythingSaid(home, ['run', '-e', `${server.url}/denied`, '-n', '2', '--set', auth], {})
    expect(leaksIn(said)).toEqual([])
    expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${SECRET}`)
  })

  test.each([
    ['abc', ['1 secret is shorter than 6 characters, and not masked']],
    ['abcdef', []],
  ])('a token of few characters, %s, is told of', async (token, notes) => {
    const home = new Home()
    const server = await leakyServer()
    home.write('s.json', { name: 'x', target: { url: server.url, auth: { type: 'bearer', token } }, steps })
    await home.call(['run', 's.json', ...OUT])
    expect(home.result().notes).toEqual(notes)
  })

  test('in a crash', async () => {
    const home = new Home()
    const server = await leakyServer()
    const text = `const get = Map.prototype.get
      Map.prototype.get = function (key) {
        if (typeof key === 'string' && key.includes('"http_status"')) throw new Error('with ' + process.env.CHAT_API_KEY)
        return get.call(this, key)
      }`
    const node = ['--import', `./${home.write('preload.mjs', text)}`]
    home.write('s.json', { name: 'x', target: { url: server.url, auth: { type: 'bearer', token: ENV } }, steps })
    const { code, stdout, stderr } = await home.burn(['run', 's.json', ...OUT], { env: { CHAT_API_KEY: SECRET }, node })
    expect(code).toBe(5)
    expect(stderr).toContain('with [secret]')
    expect(leaksIn({ stdout, stderr, result: home.read('out/result.json') })).toEqual([])
  })
})

test('a secret with digits in it leaves no fingerprint', async () => {
  const home = new Home()
  const token = 'abc-literal-token-777'
  const echo = (socket: import('node:net').Socket, { headers }: Seen) =>
    void socket.write(reply(JSON.stringify({ error: { message: `bad key ${headers.authorization}` } }), {}, '401 Unauthorized'))
  const server = await faultServer({ '/': echo })
  closeAfter({ close: () => server.stop() })
  home.write('s.json', { name: 'x', target: { url: server.url, auth: { type: 'bearer', token } }, steps: [{ request: {} }] })
  const said = await everythingSaid(home, ['run', 's.json'], {})
  expect(home.result().errors[0]?.fingerprint).toContain('bad key Bearer [secret]')
  expect(JSON.stringify(said)).not.toContain('abc-literal')
})

describe('secrets that are written out in a file', () => {
  const LITERALS = ['abc-literal-token-777', 'literal-url-secret-1', 'literal-header-secret']
  const parts = `name: x
target:
  url: "http://127.0.0.1:9/x?api_key=literal-url-secret-1"
  headers: { x-api-key: literal-header-secret }
  auth: { type: bearer, token: "abc-literal-token-777", foo: 1 }
steps: [{ message: hi }]
`
  test.each([
    ['with a misspelt key', parts],
    ['under a misspelt key', parts.replace('token:', 'tokn:')],
    ['that is no YAML', `${parts}steps: ]\n`],
    ['that has nothing wrong but the secrets', parts.replace(', foo: 1', '')],
  ])('%s show in no frame', async (_, text) => {
    const home = new Home()
    home.write('s.yaml', text)
    for (const args of [
      ['validate', 's.yaml'],
      ['validate', 's.yaml', '--format', 'json'],
      ['run', 's.yaml', '--no-preflight', '-n', '1', ...OUT],
      ['plan', 's.yaml'],
      ['ping', 's.yaml'],
    ]) {
      const { stdout, stderr } = await home.call(args)
      expect(stdout + stderr).not.toBe('')
      expect(
        LITERALS.filter((literal) => (stdout + stderr).includes(literal)),
        args.join(' '),
      ).toEqual([])
    }
  })
})

describe('problems of a scenario', () => {
  const target = { url: 'mock:' }
  const chat = [{ message: 'Hi' }]
  const broken: [string, Record<string, unknown>][] = [
    ['a duration', { target: { ...target, timeouts: { total: ENV } }, steps: chat }],
    ['an address', { target: { url: `h ttp://x/${ENV}` }, steps: chat }],
    ['a preset', { target: { preset: ENV }, steps: chat }],
    ['a threshold', { target, steps: chat, thresholds: [ENV] }],
    ['a template', { target, steps: [{ message: `{{ ${ENV} }}` }] }],
    ['a condition', { target, steps: [{ if: ENV, then: chat }] }],
    ['a JSONPath', { target, steps: [{ message: 'Hi', capture: { a: `$.${ENV}` } }] }],
    ['a method', { target, steps: [{ request: { method: ENV } }] }],
    ['an auth type', { target: { ...target, auth: { type: ENV } }, steps: chat }],
    ['a name', { target, steps: chat, name: `${ENV}\u0007` }],
  ]
  test.each(broken)('in %s', async (_, own) => {
    const home = new Home()
    const env = { CHAT_API_KEY: SECRET }
    home.write('s.json', { name: 'broken', ...own })
    const said: Record<string, string> = {}
    // The other formats print the same fields.
    for (const format of ['text', 'json']) {
      const { code, stdout, stderr } = await home.call(['validate', 's.json', '--format', format], { env })
      expect(code).toBe(2)
      said[format] = stdout + stderr
    }
    const run = await home.call(['run', 's.json'], { env })
    expect(run.code).toBe(2)
    said.run = run.stdout + run.stderr
    expect(leaksIn(said)).toEqual([])
  })
})
