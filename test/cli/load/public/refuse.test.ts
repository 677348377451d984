/** A large load on a public address is refused before anything is sent, unless somebody has allowed it. */
import { describe, expect, test } from 'vitest'
import { allowsHost } from '../../../../src/cli/load/public/allow-list.ts'
import { isPublicAddress, mayBePublic } from '../../../../src/text/public-host.ts'
import { chat, Home, mockFor, OUT } from '../../harness.ts'

/** Addresses of RFC 5737 and 3849, for documentation: nobody answers there. Names become them by `dns.hosts`, without a look-up. */
const PUBLIC = '203.0.113.7'
const dns = { hosts: { 'api.shop.com': PUBLIC, 'api.inside.com': '10.1.2.3' } }
const LARGE = { load: [{ users: 101, for: '1s' }] }
/** Results below a file cannot be written: that ends the command after the check, before anything is sent. */
const NO_TRAFFIC = ['--no-preflight', '--out', 's.json/below']

/** Says how `burn run` refuses a scenario; undefined when it does not. Its own mock stands in for what is not refused. */
async function refusalOf(home: Home, url: string, load: object, flags: readonly string[] = [], env: Record<string, string> = {}) {
  const file = home.write('s.json', chat(url, { ...LARGE, ...load }, { http: { dns } }))
  const { code, stderr } = await home.call(['run', file, ...NO_TRAFFIC, ...flags], { env })
  const isRefused = stderr.includes('has to be allowed')
  expect(code).toBe(isRefused ? 2 : 7)
  return isRefused ? stderr : undefined
}

describe('which load is refused', () => {
  test.each([
    [`http://${PUBLIC}/`, {}, `${PUBLIC} (a public address): a load of 101 users`],
    ['http://[2001:db8::1]/', {}, '2001:db8::1 (a public address)'],
    ['http://api.shop.com/', {}, `api.shop.com (${PUBLIC})`],
    ['http://api.shop.com/', { load: [{ rate: '120/s', for: '1s' }] }, 'a load of 120 iterations per second'],
    ['http://api.shop.com/', { load: [{ users: 50, pace: '3/s', for: '1s' }] }, 'a load of 150 iterations per second'],
    [
      'http://api.shop.com/',
      {
        load: [
          { users: 1, for: '1s' },
          { users: { from: 1, to: 200 }, for: '1s' },
        ],
      },
      'a load of 200 users',
    ],
    ['http://{{host}}/', { vars: { host: '127.0.0.1' } }, '{{host}} (known only during the run)'],
  ])('%s %j', async (url, load, said) => {
    const refused = await refusalOf(new Home(), url, load)
    expect(refused).toContain(said)
    expect(refused).toContain('--yes for this run')
  })

  test.each([
    ['http://127.0.0.1:1/', {}],
    ['http://[::1]:1/', {}],
    ['http://api.inside.com/', {}],
    ['http://localhost:1/', {}],
    ['mock:', {}],
    [`http://${PUBLIC}/`, { load: [{ users: 100, for: '1s' }] }],
    [`http://${PUBLIC}/`, { load: [{ rate: '100/s', for: '1s' }] }],
  ])('not %s %j', async (url, load) => {
    expect(await refusalOf(new Home(), url, load)).toBeUndefined()
  })
})

describe('how it is allowed', () => {
  test.each([
    [['--yes'], {}, true],
    [['--allow', 'api.shop.com'], {}, true],
    [['--allow', 'other.com,*.shop.com'], {}, true],
    [['--allow', 'shop.com'], {}, false],
    [[], { BURN_ALLOW: 'other.com, API.shop.com' }, true],
    [[], { BURN_ALLOW: 'other.com' }, false],
    [['--allow', 'other.com'], { BURN_ALLOW: 'api.shop.com' }, false],
  ])('%j %j', async (flags, env, isAllowed) => {
    expect((await refusalOf(new Home(), 'http://api.shop.com/', {}, flags, env)) === undefined).toBe(isAllowed)
  })

  test('the message is what a CI job has to be given', async () => {
    const refused = await refusalOf(new Home(), 'http://api.shop.com/', {})
    const [, setting = ''] = /BURN_ALLOW=(\S+) in the environment/.exec(refused ?? '') ?? []
    expect(await refusalOf(new Home(), 'http://api.shop.com/', {}, [], { BURN_ALLOW: setting })).toBeUndefined()
  })

  test('an entry that is no host is an error', async () => {
    const home = new Home()
    const file = home.write('s.json', chat('mock:'))
    for (const entry of ['https://api.shop.com', 'api.shop.com:443', 'a.*.com'])
      expect(await home.call(['run', file, ...OUT, '--allow', entry])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('expected a host'),
      })
    expect(allowsHost(['*.a.com'])('a.com')).toBe(false)
    expect(allowsHost(['a.com', '::1'])('A.com.')).toBe(true)
  })
})

test('nothing is sent and no folder made', async () => {
  const home = new Home()
  const mock = await mockFor()
  const file = home.write('s.json', chat('http://api.shop.com/', LARGE, { http: { dns } }))
  expect((await home.call(['run', home.write('first.json', chat(mock.url)), file])).code).toBe(2)
  expect(mock.stats().requests).toBe(0)
  expect(home.files()).toEqual(['first.json', 's.json'])
})

test('validate and plan say it, run does not say it twice', async () => {
  const home = new Home()
  const file = home.write('s.json', chat('http://api.shop.com/', LARGE, { http: { dns } }))
  expect((await home.call(['validate', file])).stdout).toMatch(
    /W_PUBLIC_TARGET a load of 101 users .*\n[\s\S]*BURN_ALLOW=api\.shop\.com/,
  )
  expect((await home.call(['plan', file])).stderr).toContain('may be public')
  const inside = home.write('inside.json', chat('http://api.inside.com:1/', LARGE, { http: { dns } }))
  expect((await home.call(['run', inside, ...NO_TRAFFIC])).stderr).not.toContain('may be public')
})

test.each([
  ...['127.0.0.1', '10.0.0.1', '172.31.255.255', '192.168.0.1', '169.254.1.1', '100.64.0.1', '0.0.0.0'].map(
    (ip) => [ip, false] as const,
  ),
  ...['::1', '::', 'fd00::1', 'fe80::1', '::ffff:10.0.0.1', 'fe80::1%eth0'].map((ip) => [ip, false] as const),
  ...['8.8.8.8', '172.32.0.1', '100.128.0.1', '169.253.0.1', '2606:4700::1', '::ffff:8.8.8.8'].map((ip) => [ip, true] as const),
])('%s is public: %s', (ip, expected) => {
  expect(isPublicAddress(ip)).toBe(expected)
  expect(mayBePublic(ip)).toBe(expected)
})

test.each([
  ['localhost', false],
  ['api', false],
  ['api.shop.internal', false],
  ['printer.local', false],
  ['api.shop.com', true],
  ['internal.shop.com', true],
])('the name %s may be public: %s', (name, expected) => {
  expect(mayBePublic(name)).toBe(expected)
})
