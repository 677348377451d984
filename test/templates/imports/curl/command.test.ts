import { describe, expect, test } from 'vitest'
import { UsageError } from '../../../../src/errors.ts'
import { shellScript } from '../../../../src/templates/imports/curl/shell-words.ts'
import { type ConvertedScenario, convertText } from '../../../../src/templates/imports/index.ts'
import { convert, steps } from '../converted.ts'

describe('shell words', () => {
  test.each([
    [`a 'b c' "d e"`, [['a', 'b c', 'd e']]],
    [`a \\\n  b`, [['a', 'b']]],
    [`a 'it'\\''s'`, [['a', "it's"]]],
    [`a "say \\"hi\\" \\$x \\n"`, [['a', 'say "hi" $x \\n']]],
    [`a $'tab\\there \\u00e9\\x41'`, [['a', 'tab\there éA']]],
    [`a b; c && d | e\nf`, [['a', 'b'], ['c'], ['d'], ['e'], ['f']]],
    [`a ''`, [['a', '']]],
    [`# a comment\na # more`, [['a']]],
    [`a http://x/#part?a=1\\&b=2`, [['a', 'http://x/#part?a=1&b=2']]],
  ])('%j', (text, words) => {
    expect(shellScript(text, []).map((command) => command.words)).toEqual(words)
  })

  test('an open quote is told', () => {
    expect(() => shellScript(`a 'b`, [])).toThrow(UsageError)
  })
})

describe('curl', () => {
  test('-u beside a header Authorization is left out, as curl does', () => {
    const { scenario, notes } = convert("curl -u bob:pw -H 'authorization: Bearer abcdefgh12345' http://h/a")
    expect(notes).toContain('-u is left out: the header Authorization takes its place, as in curl')
    expect(notes.join()).not.toContain('TARGET_PASSWORD')
    expect(JSON.stringify(scenario)).not.toContain('bob')
  })

  test.each([
    ['curl http://h/a', { method: 'GET', path: '/a' }],
    ['curl http://h', { method: 'GET', path: '/' }],
    ['curl h:81/a', { method: 'GET', path: '/a' }],
    ['curl -X PUT http://h/a', { method: 'PUT', path: '/a' }],
    ['curl -XDELETE http://h/a', { method: 'DELETE', path: '/a' }],
    ['curl -I http://h/a', { method: 'HEAD', path: '/a' }],
    ['curl http://h/a --json \'{"a":[1,{"b":null}]}\'', { method: 'POST', path: '/a', json: { a: [1, { b: null }] } }],
    ["curl http://h/a -H 'Content-Type: application/json' -d '{\"a\":1}'", { method: 'POST', path: '/a', json: { a: 1 } }],
    [
      'curl http://h/a -H \'content-type: application/json; charset=utf-8\' --data-raw \'{"a":"{{x}} ${y}"}\'',
      { method: 'POST', path: '/a', json: { a: '\\{{x}} $${y}' } },
    ],
    ["curl http://h/a -d 'a=1&b=two%20words'", { method: 'POST', path: '/a', form: { a: '1', b: 'two words' } }],
    ['curl http://h/a -d a=1 -d b=2', { method: 'POST', path: '/a', form: { a: '1', b: '2' } }],
    ["curl http://h/a --data-urlencode 'q=a&b'", { method: 'POST', path: '/a', form: { q: 'a&b' } }],
    [
      "curl http://h/a -H 'Content-Type: text/plain' -d '@@'".replace('@@', 'hello'),
      { method: 'POST', path: '/a', headers: { 'content-type': 'text/plain' }, body: 'hello' },
    ],
    ["curl -G http://h/a -d 'q=1' --data-urlencode 'r=x y'", { method: 'GET', path: '/a', query: { q: '1', r: 'x y' } }],
    ["curl 'http://h/a?x=1&x=2'", { method: 'GET', path: '/a?x=1&x=2' }],
    ["curl 'http://h/a?x=1&y=%C3%A9'", { method: 'GET', path: '/a', query: { x: '1', y: 'é' } }],
    ['curl -sSL --compressed http://h/a', { method: 'GET', path: '/a' }],
  ])('%s', (command, request) => {
    expect(steps(convert(command))[0]?.request).toEqual(request)
  })

  test('a chat behind a token becomes a target that is read as what it is', () => {
    const { scenario, notes } = convert(`curl https://api.openai.com/v1/chat/completions \\
  -H "Content-Type: application/json" \\
  -H "Authorization: Bearer sk-abcdefghijkl" \\
  -d '{"model":"gpt-4o-mini","stream":true,"max_tokens":5,"messages":[{"role":"user","content":"Hi"}]}'`)
    expect(scenario.target).toEqual({
      url: 'https://api.openai.com',
      dialect: 'openai-chat',
      auth: { type: 'bearer', token: '${env.TARGET_TOKEN}' },
    })
    expect(steps({ scenario } as ConvertedScenario)[0]).toMatchObject({
      name: 'v1 chat completions',
      request: { json: { max_tokens: 5 } },
    })
    expect(notes).toEqual(['header Authorization is a secret and was not copied: set the environment variable TARGET_TOKEN'])
  })

  test.each([
    ["curl -u 'ann:s3cret-pass' http://h/a", { auth: { type: 'basic', username: 'ann', password: '${env.TARGET_PASSWORD}' } }],
    ["curl -H 'X-Api-Key: abcdef123456' http://h/a", { headers: { 'x-api-key': '${env.TARGET_API_KEY}' } }],
    ["curl -b 'session=abcdef123456' http://h/a", { headers: { cookie: '${env.TARGET_COOKIE}' } }],
    ['curl --oauth2-bearer abcdef123456 http://h/a', { auth: { type: 'bearer', token: '${env.TARGET_TOKEN}' } }],
    [
      'curl -k -L -m 5 --connect-timeout 2 http://h/a',
      { tls: { insecure: true }, http: { maxRedirects: 20 }, timeouts: { connect: '2s', total: '5s' } },
    ],
    ["curl -H 'Authorization: Bearer ${MY_TOKEN}' http://h/a", { auth: { type: 'bearer', token: '${env.MY_TOKEN}' } }],
  ])('%s', (command, target) => {
    const { scenario } = convert(command)
    expect(scenario.target).toEqual({ url: 'http://h', ...target })
    expect(JSON.stringify(scenario)).not.toMatch(/s3cret|abcdef123456/)
  })

  test.each([
    ["curl 'http://h/a?api_key=abcdef123456&n=1'", { query: { api_key: '${env.TARGET_API_KEY}', n: '1' } }],
    [
      'curl http://h/a --json \'{"password":"abcdef123456","max_tokens":7}\'',
      { json: { password: '${env.TARGET_PASSWORD}', max_tokens: 7 } },
    ],
  ])('secrets inside: %s', (command, request) => {
    const one = convert(command)
    expect(steps(one)[0]?.request).toMatchObject(request)
    expect(one.notes).toHaveLength(1)
  })

  test('several commands are several steps, and what they share is said once', () => {
    const one = convert(
      `curl -H 'X-Tenant: a' http://h/one\ncurl -H 'X-Tenant: a' -H 'X-Own: b' http://h/two && curl http://other/three`,
    )
    expect(one.scenario.target).toEqual({ url: 'http://h', headers: { 'x-tenant': 'a' } })
    expect(steps(one)).toEqual([
      { request: { method: 'GET', path: '/one' }, name: 'one' },
      { request: { method: 'GET', path: '/two', headers: { 'x-own': 'b' } }, name: 'two' },
      { request: { method: 'GET', url: 'http://other/three' }, name: 'three' },
    ])
  })

  test.each([
    ['curl http://h/a -d @body.json', 'reads a file'],
    ['curl http://h/a -d@body.json', 'reads a file'],
    ['curl http://h/a --data-binary @-', 'reads a file'],
    ['curl http://h/a -T a.png', 'sends a file as the body'],
    ['curl http://h/a -H @headers', 'reads a file'],
    ['curl http://h/a -b cookies.txt', 'reads a file'],
    ['curl -H', 'has no value'],
    ['curl -s', 'no address'],
    ['wget http://h/a', 'no curl command'],
  ])('%s is refused', (command, why) => {
    expect(() => convertText(command, 'curl')).toThrow(why)
  })

  test('an unknown option is noted', () => {
    expect(convert('curl --proxy http://p http://h/a').notes).toEqual(['--proxy has no equivalent in burn, and was left out'])
  })
})
