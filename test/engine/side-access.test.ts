/** What is asked beside the load goes the ways that targets go: certificates of one's own, and proxies. */
import { createServer } from 'node:https'
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { sideAccess } from '../../src/engine/watch/index.ts'
import type { WrittenAccess } from '../../src/observe/asking/access.ts'
import { HealthWatch } from '../../src/observe/health/health-watch.ts'
import { blockSecrets } from '../../src/scenario/compile/target/secrets.ts'
import { validateScenario } from '../../src/scenario/validate.ts'
import { listen } from '../servers/http-faults.ts'
import { httpProxy } from '../servers/http-proxy.ts'
import { type TestCertificates, testCertificates } from '../servers/tls.ts'
import { webhookReceiver } from '../servers/webhook-receiver.ts'

let certificates: TestCertificates
beforeAll(() => {
  certificates = testCertificates()
})

/** What a health check of this address finds wrong; null for nothing. */
async function wrong(url: string, access: WrittenAccess): Promise<string | null | undefined> {
  const watch = new HealthWatch({ url, name: 'x', every: 1000, timeout: 20_000 }, sideAccess(url, access, '/'))
  await watch.begin()
  await watch.close()
  return watch.read().before?.error
}

async function tlsServer(): Promise<string> {
  const server = createServer(certificates.good, (_, response) => response.end('ok'))
  const port = await listen(server)
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `https://127.0.0.1:${port}/`
}

test('a certificate is checked, against an authority of one’s own as well, unless one says no', async () => {
  const url = await tlsServer()
  expect(await wrong(url, {})).toMatch(/certificate/)
  expect(await wrong(url, { tls: { ca: certificates.caFile } })).toBeNull()
  expect(await wrong(url, { tls: { insecure: true } })).toBeNull()
  expect(() => sideAccess(url, { tls: { ca: 'missing.pem' } }, '/')).toThrow('tls.ca: cannot read missing.pem')
})

test('a proxy is used with its credentials, also for TLS; one of the environment, too, but not for loopback', async () => {
  const [plain, secure] = [await webhookReceiver(() => ({ status: 200 })), await tlsServer()]
  const credentials = `Basic ${Buffer.from('user:pass-w0rd').toString('base64')}`
  const [proxy, tunnel] = [await httpProxy(plain.port, credentials), await httpProxy(Number(new URL(secure).port), credentials)]
  onTestFinished(() => Promise.all([proxy.stop(), tunnel.stop()]).then(() => {}))
  const at = (port: number) => ({ proxy: `http://user:pass-w0rd@127.0.0.1:${port}` })
  expect(await wrong('http://192.0.2.1/health', at(proxy.port))).toBeNull()
  expect(await wrong(secure, { ...at(tunnel.port), tls: { ca: certificates.caFile } })).toBeNull()
  expect([proxy.seen.length, tunnel.seen.length]).toEqual([1, 1])
  expect(await wrong('http://192.0.2.1/health', { proxy: `http://127.0.0.1:${proxy.port}` })).not.toBeNull()
  vi.stubEnv('http_proxy', at(proxy.port).proxy)
  onTestFinished(() => void vi.unstubAllEnvs())
  const before = proxy.seen.length
  expect(await wrong('http://192.0.2.1/health', {})).toBeNull()
  expect(proxy.seen.length).toBe(before + 1)
  expect(await wrong(plain.url, {})).toBeNull()
  expect(proxy.seen.length).toBe(before + 1)
})

test('their secrets are known to the redactor, and unchecked certificates are noted', () => {
  const secret = { headers: { authorization: 'Bearer t0ken-1' }, tls: { insecure: true } }
  const input = {
    name: 'x',
    target: { url: 'http://h/' },
    steps: [{ message: 'm' }],
    observe: { url: 'http://h/metrics', ...secret },
    monitor: { from: 'http://h:9100', headers: { 'x-api-key': 't0ken-2' } },
    health: { url: 'http://h/', proxy: 'http://u:t0ken-3@p:3128' },
  }
  const { scenario, plan, problems } = validateScenario(JSON.stringify(input), 's.json')
  expect(problems.map(({ code, path }) => [code, path])).toEqual([
    ['W_SECRET_LITERAL', 'observe.headers.authorization'],
    ['W_SECRET_LITERAL', 'monitor.headers.x-api-key'],
  ])
  expect(scenario && blockSecrets(scenario)).toEqual(expect.arrayContaining(['t0ken-1', 't0ken-2', 't0ken-3']))
  expect(plan?.notes).toEqual([expect.stringContaining('beside the load')])
})

test.each(['https://p:1', 'socks5://p:1', 'http://p:1/path', 'p'])('%s is no proxy', (proxy) => {
  const input = { name: 'x', target: { url: 'http://h/' }, steps: [{ message: 'm' }], health: { url: 'http://h/', proxy } }
  expect(
    validateScenario(JSON.stringify(input), 's.json')
      .problems.map(({ message }) => message)
      .join(),
  ).toContain('HTTP proxy')
})
