/** HTTP over a proxy. The name of the target resolves nowhere, so that a reply proves that the proxy was used. */
import { createServer as createHttp2 } from 'node:http2'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { http } from '../../src/connectors/http.ts'
import { type FaultServer, faultServer, listen, reply } from '../servers/http-faults.ts'
import { type HttpProxyServer, httpProxy } from '../servers/http-proxy.ts'
import { tcpServer } from '../servers/tcp.ts'
import { testCertificates } from '../servers/tls.ts'
import { runScenario } from '../support/run.ts'
import { addressOf, eventLog, inTurn, openContext } from './contract.ts'

/** The client of burn sends a proxy whole URLs; undici asks it for a tunnel. */
const FORWARDS = process.env.BURN_TEST_CLIENT !== 'undici'
const PASSWORD = 'secret-word'
const BASIC = `Basic ${Buffer.from(`user:${PASSWORD}`).toString('base64')}`
const NOWHERE = 'http://target.invalid'

let server: FaultServer
let proxy: HttpProxyServer
beforeAll(async () => {
  server = await faultServer({ '/away': (socket) => void socket.write(reply('', { location: '/echo' }, '307 T')) })
})
afterAll(() => server.stop())
beforeEach(async () => {
  proxy = await httpProxy(server.port)
  server.seen.length = 0
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await proxy.stop()
})

async function ask(url: string, given: object, times = 1, tls: object = {}) {
  const options = http.options.parse({ method: 'GET', ...given })
  const address = addressOf(url, { tls })
  const { events, log } = eventLog()
  const connection = await http.open(options, openContext(address, { events }))
  const trials = await inTurn(connection, () => http.fromMessage({}, address, options), times)
  await connection.close()
  return { trials, log, first: trials[0]?.exchange ?? fail() }
}

function fail(): never {
  throw new Error('nothing was sent')
}

const through = (userinfo = '') => ({ proxy: `http://${userinfo}127.0.0.1:${proxy.port}` })

describe('a proxy of the options', () => {
  test('carries plain requests over one connection', async () => {
    const { trials, log } = await ask(`${NOWHERE}/echo?a=1`, through(), 3)
    expect(trials.map(({ exchange }) => [exchange.failure?.message, exchange.reused])).toEqual([
      [undefined, false],
      [undefined, true],
      [undefined, true],
    ])
    expect(JSON.parse(trials[2]?.text ?? '')).toMatchObject({ target: '/echo?a=1', headers: { host: 'target.invalid' } })
    const whole = 'GET http://target.invalid/echo?a=1'
    expect(proxy.seen.map(({ line }) => line)).toEqual(FORWARDS ? [whole, whole, whole] : ['CONNECT target.invalid:80'])
    expect(log).toEqual(['opened', 'closed'])
  })

  test('gets its credentials, and the target does not', async () => {
    const { first } = await ask(`${NOWHERE}/echo`, through(`user:${PASSWORD}@`), 2)
    expect(first.outcome).toBe('ok')
    expect(new Set(proxy.seen.map(({ authorization }) => authorization))).toEqual(new Set([BASIC]))
    expect(JSON.stringify(server.seen)).not.toContain('proxy-authorization')
  })

  test('carries pooled, closing and redirected requests', async () => {
    expect((await ask(`${NOWHERE}/ok`, { ...through(), connection: 'shared' })).first.outcome).toBe('ok')
    expect((await ask(`${NOWHERE}/ok`, { ...through(), keepAlive: false })).first.outcome).toBe('ok')
    const { first, trials } = await ask(`${NOWHERE}/away`, { ...through(), maxRedirects: 1 })
    expect([first.outcome, JSON.parse(trials[0]?.text ?? '').target]).toEqual(['ok', '/echo'])
  })

  test('is asked for a tunnel to a TLS target', async () => {
    const certificates = testCertificates()
    const secure = await faultServer({}, { tls: certificates.good })
    const tunnel = await httpProxy(secure.port, BASIC)
    const given = { proxy: `http://user:${PASSWORD}@127.0.0.1:${tunnel.port}` }
    const { first, trials } = await ask('https://target.invalid/ok', given, 2, { insecure: true })
    expect([first.failure, trials[1]?.exchange.reused, trials[1]?.text]).toEqual([undefined, true, 'ok'])
    expect(first.connect?.tlsMs).toBeGreaterThan(0)
    expect(tunnel.seen).toEqual([{ line: 'CONNECT target.invalid:443', authorization: BASIC }])
    await tunnel.stop()
    await secure.stop()
  })

  test('is asked for a tunnel by HTTP/2', async () => {
    const h2 = createHttp2((_asked, answer) => void answer.end('two'))
    const tunnel = await httpProxy(await listen(h2))
    const { first, trials } = await ask(`${NOWHERE}:81/`, { proxy: `127.0.0.1:${tunnel.port}`, version: '2' })
    expect([first.failure, trials[0]?.text]).toEqual([undefined, 'two'])
    expect(tunnel.seen.map(({ line }) => line)).toEqual(['CONNECT target.invalid:81'])
    await tunnel.stop()
    h2.close()
  })
})

describe('a proxy that does not do it', () => {
  test('refuses the credentials', async () => {
    const strict = await httpProxy(server.port, BASIC)
    const { first, log } = await ask('https://target.invalid/', { proxy: `http://user:${PASSWORD}x@127.0.0.1:${strict.port}` })
    expect(first.failure).toMatchObject({ class: 'proxy', phase: 'connect', message: expect.stringContaining('407') })
    expect(first.failure?.message).not.toContain(PASSWORD)
    expect([first.sentAt, log]).toEqual([Number.NaN, ['openFailed proxy']])
    await strict.stop()
  })

  test.each([
    ['closes at once', undefined, 'closed the connection'],
    ['is no proxy', 'SSH-2.0-OpenSSH\r\n\r\n', 'not HTTP'],
    ['never ends its head', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(4000)}`, 'not HTTP'],
  ])('%s', async (_, bytes, words) => {
    const odd = await tcpServer(
      (socket) => void socket.on('data', () => (bytes === undefined ? socket.end() : socket.write(bytes))),
    )
    const { first } = await ask('https://target.invalid/', { proxy: `127.0.0.1:${odd.port}` })
    expect(first.failure).toMatchObject({ class: 'proxy', message: expect.stringContaining(words) })
  })

  test('is not there', async () => {
    const { port } = proxy
    await proxy.stop()
    const { first } = await ask(`${NOWHERE}/`, { proxy: `127.0.0.1:${port}` })
    expect(first.failure).toMatchObject({ class: 'refused', message: expect.stringContaining(`proxy http://127.0.0.1:${port}`) })
  })
})

describe('a proxy of the environment', () => {
  test('is used, unless NO_PROXY or the options say otherwise', async () => {
    vi.stubEnv('HTTP_PROXY', `127.0.0.1:${proxy.port}`)
    expect((await ask(`${NOWHERE}/ok`, {})).first.outcome).toBe('ok')
    expect((await ask(`${NOWHERE}/ok`, { proxy: 'none' })).first.failure?.class).toBe('dns')
    vi.stubEnv('NO_PROXY', 'invalid')
    expect((await ask(`${NOWHERE}/ok`, {})).first.failure?.class).toBe('dns')
    expect(proxy.seen).toHaveLength(1)
  })

  test('is named in the result, without its credentials', async () => {
    const scenario = {
      name: 'proxied',
      target: { url: `${NOWHERE}/ok`, http: through(`user:${PASSWORD}@`) },
      load: [{ users: 1, iterations: 2 }],
      steps: [{ request: {} }],
    }
    const { result } = await runScenario(scenario)
    expect(result.total.counts.ok).toBe(2)
    expect(result.target[0]?.proxy).toBe(`http://127.0.0.1:${proxy.port}`)
    expect(JSON.stringify(result)).not.toContain(PASSWORD)
  })
})

test.each(['socks5://h:1', 'https://h:1', 'http://', 'http://h:1/path', ''])('the option refuses %j', (text) => {
  expect(http.options.safeParse({ proxy: text }).success).toBe(false)
})

test('the password of the options is a secret, in all its forms', () => {
  const secrets = http.secrets?.(http.options.parse({ proxy: 'http://user:p%40ss@h:1' })) ?? []
  expect(secrets).toEqual(['p%40ss', 'p@ss', Buffer.from('user:p@ss').toString('base64')])
  expect(http.secrets?.(http.options.parse({}))).toEqual([])
})
