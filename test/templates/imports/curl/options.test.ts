import { describe, expect, test } from 'vitest'
import { convert } from './converted.ts'

describe('options with an equivalent', () => {
  test.each([
    ['curl --http2-prior-knowledge http://h', { http: { version: '2' } }],
    ['curl --http2 https://h', { http: { version: '2' } }],
    ['curl --resolve h:443:127.0.0.1 -4 https://h', { http: { dns: { hosts: { h: '127.0.0.1' }, family: 4 } } }],
    ['curl --unix-socket /run/x.sock http://h', { http: { unixSocket: '/run/x.sock' } }],
    ['curl -m 0 --connect-timeout 0.25 http://h', { timeouts: { connect: '250ms' } }],
    ['curl -H "Accept-Encoding: gzip" http://h', { http: { compress: true } }],
    ['curl -r 0-9 http://h', { headers: { range: 'bytes=0-9' } }],
  ])('%s', (command, target) => {
    const one = convert(command)
    expect(one.target).toMatchObject(target)
    expect(one.notes).toEqual([])
  })

  test('files of TLS', () => {
    const { target, notes } = convert('curl --cacert ca.pem -E c.pem:word-of-it --key k.pem --tlsv1.3 https://h')
    const passphrase = '${env.TARGET_PASSPHRASE}'
    expect(target.tls).toEqual({ ca: 'ca.pem', cert: 'c.pem', key: 'k.pem', passphrase, minVersion: 'TLSv1.3' })
    expect(notes).toEqual([
      'put ca.pem, c.pem, k.pem where the scenario can find it: paths start at its folder',
      'the passphrase was not copied: set the environment variable TARGET_PASSPHRASE',
    ])
  })

  test('--retry becomes rules', () => {
    const { scenario } = convert('curl --retry 3 --retry-delay 2 --retry-connrefused http://h')
    const retry = { max: 3, delay: '2s', multiplier: 1, jitter: false }
    expect(scenario.onError).toMatchObject({
      rules: [
        { status: [408, 429, 500, 502, 503, 504], do: 'retry', retry },
        { do: 'retry', retry },
      ],
    })
  })

  test.each([
    ['curl --http2 http://h', '--http2 asks a server without TLS'],
    ['curl --http2 -L https://h', 'HTTP/1.1 is used'],
    ['curl --digest -u a:b http://h', '--digest has no equivalent'],
    ['curl --proxy http://p http://h', '--proxy has no equivalent'],
    ['curl --resolve h:80:-x http://h', '--resolve h:80:-x has no equivalent'],
    ['curl -X post http://h', 'the method post is sent as POST'],
    ['curl http://h | jq .', 'other commands were left out: jq'],
    ['curl ftp://h/x http://h/y', 'was left out: "ftp://h/x" is no address of HTTP'],
    ["curl http://h -H 'bad name: x'", 'the header "bad name" cannot be sent'],
  ])('%s is told', (command, note) => {
    expect(convert(command).notes.join('\n')).toContain(note)
  })
})
