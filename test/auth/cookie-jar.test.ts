import { expect, test } from 'vitest'
import { CookieJar } from '../../src/auth/cookie-jar.ts'

const HTTPS = 'https://www.example.com/app/login'

test.each<[string, string, string, string, string]>([
  ['host only', 'a=1', HTTPS, 'https://www.example.com/app/x', 'a=1'],
  ['host only: not below', 'a=1', HTTPS, 'https://x.www.example.com/app/x', ''],
  ['host only: not above', 'a=1', HTTPS, 'https://example.com/app/x', ''],
  ['domain: below', 'a=1; Domain=example.com; Path=/', HTTPS, 'https://api.example.com/', 'a=1'],
  ['domain: a leading dot means nothing', 'a=1; Domain=.Example.COM; Path=/', HTTPS, 'https://example.com/', 'a=1'],
  ['domain: no neighbour', 'a=1; Domain=example.com; Path=/', HTTPS, 'https://badexample.com/', ''],
  ['domain: a foreign one is refused', 'a=1; Domain=other.com; Path=/', HTTPS, 'https://other.com/', ''],
  ['domain: one further down is refused', 'a=1; Domain=x.www.example.com; Path=/', HTTPS, 'https://x.www.example.com/', ''],
  ['domain: a bare suffix is refused', 'a=1; Domain=com; Path=/', HTTPS, 'https://example.com/', ''],
  ['domain: a public suffix is refused', 'a=1; Domain=co.uk; Path=/', 'https://www.shop.co.uk/', 'https://shop.co.uk/', ''],
  ['domain: a private suffix is refused', 'a=1; Domain=github.io', 'https://me.github.io/', 'https://me.github.io/', ''],
  ['domain: a suffix may name itself', 'a=1; Domain=github.io', 'https://github.io/', 'https://github.io/', 'a=1'],
  ['domain: and is alone then', 'a=1; Domain=github.io', 'https://github.io/', 'https://me.github.io/', ''],
  ['domain: a host of one label', 'a=1; Domain=api', 'http://api:8080/', 'http://api:8080/', 'a=1'],
  ['domain: localhost', 'a=1; Domain=localhost', 'http://localhost:1/', 'http://localhost:2/', 'a=1'],
  ['domain: an empty one is as none', 'a=1; Domain=; Path=/', HTTPS, 'https://www.example.com/', 'a=1'],
  ['domain: of two the last counts', 'a=1; Domain=x.org; Domain=example.com; Path=/', HTTPS, 'https://example.com/', 'a=1'],
  ['domain: an address is no domain', 'a=1; Domain=0.0.1', 'http://127.0.0.1/', 'http://127.0.0.1/', ''],
  ['an address', 'a=1', 'http://127.0.0.1:8080/', 'http://127.0.0.1:9090/', 'a=1'],
  ['an IPv6 address', 'a=1; Domain=::1', 'http://[::1]:1/', 'http://[::1]:2/', 'a=1'],
  ['default path: the folder', 'a=1', HTTPS, 'https://www.example.com/app', 'a=1'],
  ['default path: not its neighbour', 'a=1', HTTPS, 'https://www.example.com/application', ''],
  ['default path of the root', 'a=1', 'https://e.com/login', 'https://e.com/any/thing', 'a=1'],
  ['path', 'a=1; Path=/app/', HTTPS, 'https://www.example.com/app/x', 'a=1'],
  ['path: not above', 'a=1; Path=/app/deep', HTTPS, 'https://www.example.com/app', ''],
  ['path: relative is as none', 'a=1; Path=app', HTTPS, 'https://www.example.com/app/x', 'a=1'],
  ['secure', 'a=1; Secure; Path=/', HTTPS, 'https://www.example.com/', 'a=1'],
  ['secure: over wss', 'a=1; Secure; Path=/', HTTPS, 'wss://www.example.com/', 'a=1'],
  ['secure: not in the clear', 'a=1; Secure; Path=/', HTTPS, 'http://www.example.com/', ''],
  ['secure: not to be set in the clear', 'a=1; Secure', 'http://e.com/', 'https://e.com/', ''],
  ['secure: loopback may set it in the clear', 'a=1; Secure', 'http://127.0.0.1:1/', 'http://127.0.0.1:1/', 'a=1'],
  ['secure: localhost as well', 'a=1; Secure', 'http://localhost/', 'ws://localhost/', 'a=1'],
  ['max-age that is no number', 'a=1; Max-Age=9x; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'http://e.com/', 'http://e.com/', ''],
  ['max-age below 0', 'a=1; Max-Age=-5', 'http://e.com/', 'http://e.com/', ''],
  ['an unknown attribute', 'a=1; Priority=High; Partitioned', 'http://e.com/', 'http://e.com/', 'a=1'],
  ['attributes in any case, with spaces', 'a=1 ;  PATH = /x ; SECURE', 'https://e.com/', 'https://e.com/x/y', 'a=1'],
  ['an empty value', 'a=', 'http://e.com/', 'http://e.com/', 'a='],
  ['a comma in the value', 'a={"b":1, c=2}', 'http://e.com/', 'http://e.com/', 'a={"b":1, c=2}'],
  ['an empty header', '', 'http://e.com/', 'http://e.com/', ''],
  ['max-age', 'a=1; Max-Age=60', 'http://e.com/', 'http://e.com/', 'a=1'],
  ['max-age 0', 'a=1; Max-Age=0', 'http://e.com/', 'http://e.com/', ''],
  ['max-age before expires', 'a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=9', 'http://e.com/', 'http://e.com/', 'a=1'],
  ['expired', 'a=1; expires=Wed, 09-Jun-2021 10:18:14 GMT', 'http://e.com/', 'http://e.com/', ''],
  ['a date that is none', 'a=1; Expires=soon', 'http://e.com/', 'http://e.com/', 'a=1'],
  ['value with =', 'a=b=c==', 'http://e.com/', 'http://e.com/', 'a=b=c=='],
  ['quotes belong to the value', 'a="b c"', 'http://e.com/', 'http://e.com/', 'a="b c"'],
  ['no name', '=1', 'http://e.com/', 'http://e.com/', ''],
  ['no pair', 'junk', 'http://e.com/', 'http://e.com/', ''],
  ['too long', `a=${'x'.repeat(5000)}`, 'http://e.com/', 'http://e.com/', ''],
  ['control characters', 'a=1\r\nx: y', 'http://e.com/', 'http://e.com/', ''],
  ['__Host-', '__Host-a=1; Secure; Path=/', HTTPS, 'https://www.example.com/', '__Host-a=1'],
  ['__Host- with a domain', '__Host-a=1; Secure; Path=/; Domain=example.com', HTTPS, 'https://www.example.com/', ''],
  ['__Secure- without secure', '__Secure-a=1; Path=/', HTTPS, 'https://www.example.com/', ''],
])('%s', (_, header, from, to, expected) => {
  const jar = new CookieJar(() => Date.parse('2030-01-01'))
  jar.store(header, from)
  expect(jar.header(to)).toBe(expected)
})

test('longer paths first, then older ones; a new value keeps the place; time takes them away', () => {
  let now = 0
  const jar = new CookieJar(() => now)
  for (const header of ['a=1; Path=/', 'b=2; Path=/x', 'c=3; Path=/; Max-Age=10', 'a=4; Path=/'])
    jar.store(header, 'http://e.com/x')
  expect(jar.header('http://e.com/x')).toBe('b=2; a=4; c=3')
  now = 10_000
  expect(jar.header('http://e.com/x')).toBe('b=2; a=4')
  expect(jar.store('a=; Path=/; Max-Age=0', 'http://e.com/x')).toBeUndefined()
  expect(jar.header('http://e.com/x')).toBe('b=2')
})

test('the life of a cookie is not longer for being used', () => {
  let now = Date.parse('2030-01-01')
  const jar = new CookieJar(() => now)
  jar.store('a=1; Max-Age=10', 'http://e.com/')
  now += 9000
  expect(jar.header('http://e.com/')).toBe('a=1')
  now += 1000
  expect(jar.header('http://e.com/')).toBe('')
  const kept = jar.store('b=1; Max-Age=99999999999', 'http://e.com/')
  expect(kept?.expiresAt).toBe(now + 400 * 86_400_000)
})

test('cookies that a request brings go beside those of the jar, which count where both have one', () => {
  const jar = new CookieJar(() => 0)
  jar.store('sid=2', 'http://e.com/')
  expect(jar.headerWith('theme=dark; sid=1', 'http://e.com/')).toBe('theme=dark; sid=2')
  expect(jar.headerWith('theme=dark', 'http://other.com/')).toBe('theme=dark')
  expect(jar.headerWith(undefined, 'http://other.com/')).toBe('')
})

test('a jar is bounded', () => {
  const jar = new CookieJar(() => 0)
  for (let index = 0; index < 1000; index += 1) jar.store(`c${index}=1`, 'http://e.com/')
  expect(jar.header('http://e.com/').split('; ')).toHaveLength(200)
  expect(jar.header('http://e.com/')).toContain('c999=1')
})
