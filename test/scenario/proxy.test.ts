/** Proxies of the environment: which one is for an address, and when burn says that it does not use it. */
import { afterEach, expect, test, vi } from 'vitest'
import { allSchemes } from '../../src/connectors/index.ts'
import { proxyVariable } from '../../src/connectors/wire/proxy.ts'
import { unusedProxy } from '../../src/scenario/problems/target/W_PROXY.ts'
import { validateScenario } from '../../src/scenario/validate.ts'

afterEach(() => vi.unstubAllEnvs())

test.each<[string, Record<string, string>, string | undefined]>([
  ['https://api.example.com/v1', { HTTPS_PROXY: 'http://p:3128' }, 'HTTPS_PROXY'],
  ['https://api.example.com/v1', { https_proxy: 'http://p:3128' }, 'https_proxy'],
  ['https://api.example.com/v1', { HTTP_PROXY: 'http://p:3128' }, undefined],
  ['http://api.example.com/v1', { HTTP_PROXY: 'http://p:3128' }, 'HTTP_PROXY'],
  ['http://api.example.com/v1', { HTTP_PROXY: '' }, undefined],
  ['wss://api.example.com/v1', { HTTPS_PROXY: 'http://p:3128' }, 'HTTPS_PROXY'],
  ['grpcs://api.example.com/v1', { grpc_proxy: 'http://p:3128' }, 'grpc_proxy'],
  ['mqtt://api.example.com/t', { HTTPS_PROXY: 'http://p:3128' }, undefined],
  ['mqtt://api.example.com/t', { ALL_PROXY: 'socks5://p:1080' }, 'ALL_PROXY'],
  ['http://127.0.0.1:8080/', { HTTP_PROXY: 'http://p:3128' }, undefined],
  ['http://localhost:8080/', { HTTP_PROXY: 'http://p:3128' }, undefined],
  ['http://[::1]:8080/', { HTTP_PROXY: 'http://p:3128' }, undefined],
  ['http://api.example.com/', { HTTP_PROXY: 'http://p:3128', NO_PROXY: '*' }, undefined],
  ['http://api.example.com/', { HTTP_PROXY: 'http://p:3128', NO_PROXY: 'other.org, example.com' }, undefined],
  ['http://api.example.com/', { HTTP_PROXY: 'http://p:3128', no_proxy: '.example.com' }, undefined],
  ['http://api.example.com:81/', { HTTP_PROXY: 'http://p:3128', NO_PROXY: 'api.example.com:81' }, undefined],
  ['http://api.example.com:82/', { HTTP_PROXY: 'http://p:3128', NO_PROXY: 'api.example.com:81' }, 'HTTP_PROXY'],
  ['http://notexample.com/', { HTTP_PROXY: 'http://p:3128', NO_PROXY: 'example.com' }, 'HTTP_PROXY'],
])('%s with %j: %s', (url, environment, variable) => {
  const names = allSchemes()[new URL(url).protocol]?.proxies ?? []
  expect(proxyVariable(url, names, environment)).toBe(variable)
})

test.each<[string, Record<string, string>, RegExp | undefined]>([
  ['http://api.example.com/', { HTTP_PROXY: 'http://p:3128' }, undefined],
  ['https://api.example.com/', { ALL_PROXY: 'p:3128' }, undefined],
  ['https://api.example.com/', { ALL_PROXY: 'socks5://p:1080' }, /not name an HTTP proxy/],
  ['wss://api.example.com/', { HTTPS_PROXY: 'http://p:3128' }, /not used for websocket/],
  ['grpcs://api.example.com/', { grpc_proxy: 'http://p:3128' }, /not used for grpc/],
  ['mqtt://api.example.com/t', { ALL_PROXY: 'http://p:3128' }, /not used for mqtt/],
])('%s with %j is unused: %s', (url, environment, why) => {
  const found = unusedProxy(url, environment)
  if (why) expect(found).toMatchObject({ host: 'api.example.com', why: expect.stringMatching(why) })
  else expect(found).toBeUndefined()
})

test('validate says so at the address', () => {
  vi.stubEnv('HTTPS_PROXY', 'http://user:secret-word@proxy:3128')
  const { problems } = validateScenario(
    'name: x\ntarget: { url: "wss://chat.example.com/x" }\nsteps: [{ message: hi }]\n',
    'x.yaml',
  )
  expect(problems.map(({ code, severity, line }) => [code, severity, line])).toEqual([['W_PROXY', 'warning', 2]])
  expect(JSON.stringify(problems)).not.toContain('secret-word')
})
