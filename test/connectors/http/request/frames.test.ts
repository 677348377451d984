/** What requests share, and what is made anew for each of them. */
import { describe, expect, test } from 'vitest'
import { requestBytes } from '../../../../src/connectors/http/http1/request-bytes.ts'
import { http } from '../../../../src/connectors/http.ts'
import type { CookieKeeper } from '../../../../src/connectors/wire/connector.ts'
import { addressOf } from '../../contract.ts'

const options = http.options.parse({})
const URL_A = 'http://a.test/base?k=1'

describe('a step without templates', () => {
  test('is one request, made once', () => {
    const address = addressOf(URL_A, { headers: { 'x-key': 'k' } })
    const step = http.request.parse({ path: 'x', json: { a: 1 } })
    const [first, , third, fourth] = [1, 2, 3, 4].map(() => http.fromStep(step, address, options))
    expect(fourth).toBe(third)
    expect(first).toEqual(third)
    const { head, ...alone } = first ?? fail()
    expect(requestText(third ?? fail(), false)).toBe(requestText(alone, false))
    expect(head?.start).toBeDefined()
  })

  test('differs by address and by options', () => {
    const step = http.request.parse({ path: 'x' })
    const [a, b] = [addressOf(URL_A), addressOf('http://b.test/', { headers: { 'x-key': 'k' } })]
    const compressing = http.options.parse({ compress: true })
    for (let n = 0; n < 3; n += 1) {
      expect(http.fromStep(step, a, options).url.href).toBe('http://a.test/base/x?k=1')
      expect(http.fromStep(step, b, options)).toMatchObject({ headers: { 'x-key': 'k', 'accept-encoding': 'identity' } })
      expect(http.fromStep(step, b, compressing).headers['accept-encoding']).toBe('gzip, deflate, br')
    }
  })

  test('has its own body, when other steps have the same head', () => {
    const address = addressOf(URL_A)
    const steps = [1, 2, 3].map((n) => http.request.parse({ method: 'POST', path: 'x', json: { n } }))
    // in the order of one user, and in that of several users who are at the same step
    const order = [0, 1, 2, 0, 1, 2, 0, 0, 1, 1, 2, 2, 0, 1, 2, 2, 1, 0, 0, 1, 1]
    const sent = order.map((at) => http.fromStep(steps[at] ?? fail(), address, options).body?.toString())
    expect(sent).toEqual(order.map((at) => `{"n":${at + 1}}`))
  })

  test('has the cookies of the moment', () => {
    let jar = ''
    const cookies: CookieKeeper = { header: (own) => [own, jar].filter(Boolean).join('; '), store() {} }
    const address = addressOf(URL_A, { cookies })
    const step = http.request.parse({ headers: { cookie: 'own=1' } })
    const cookieOf = () => {
      const request = http.fromStep(step, address, options)
      return [request.headers.cookie, /cookie: (.*)\r\n/.exec(requestText(request, false))?.[1]]
    }
    expect(cookieOf()).toEqual(['own=1', 'own=1'])
    jar = 'a=2'
    expect(cookieOf()).toEqual(['own=1; a=2', 'own=1; a=2'])
    jar = 'a=\n'
    expect(http.fromStep(step, address, options).problem).toContain('cookie')
    jar = ''
    expect(cookieOf()).toEqual(['own=1', 'own=1'])
  })
})

describe('a step with templates', () => {
  const address = addressOf(URL_A)

  test('shares URL and headers with those that differ in the body alone', () => {
    const headers = { 'x-a': 'b' }
    const [one, two] = [1, 2].map((n) => http.fromStep({ path: '/y', headers, json: { n } }, address, options))
    expect(two?.url).toBe(one?.url)
    expect(two?.headers).toBe(one?.headers)
    expect([one, two].map((request) => request?.body?.toString())).toEqual(['{"n":1}', '{"n":2}'])
    expect(requestText(two ?? fail(), false)).toContain('POST /y?k=1 HTTP/1.1\r\nhost: a.test\r\n')
  })

  test('is checked each time its headers are rendered', () => {
    const send = (value: string) => http.fromStep({ headers: { 'x-a': value } }, address, options)
    expect([send('b').problem, send('b\n').problem, send('c').problem]).toEqual([
      undefined,
      expect.stringContaining('x-a'),
      undefined,
    ])
  })

  test('is checked each time against a length of its own', () => {
    const headers = { 'content-length': '2' }
    const send = (body: string) => http.fromStep({ headers, body }, address, options).problem
    expect([send('ok'), send('not ok'), send('ok')]).toEqual([undefined, expect.stringContaining('content-length'), undefined])
  })

  test('of many paths takes the right one each time', () => {
    for (let round = 0; round < 2; round += 1)
      for (let n = 0; n < 200; n += 1) {
        const request = http.fromStep({ path: `/p/${n}` }, address, options)
        expect(requestText(request, false)).toContain(`GET /p/${n}?k=1 HTTP/1.1\r\n`)
      }
  })

  test.each([
    ['paths', (n: number) => ({ path: `/u/${n}` })],
    ['URLs', (n: number) => ({ url: `http://a.test/u/${n}` })],
  ])('of thousands of %s, as each user of a shared address may have one, is prepared once', (_, stepOf) => {
    const shared = addressOf(URL_A)
    const urlsOf = () => Array.from({ length: 3000 }, (_, n) => http.fromStep(stepOf(n), shared, options).url)
    const [first, second] = [urlsOf(), urlsOf()]
    expect(second.filter((url, n) => url !== first[n])).toEqual([])
  })

  test('of paths without end, on an address of one user, keeps a few of them', () => {
    const cookies: CookieKeeper = { header: (own) => own ?? '', store() {} }
    const own = addressOf(URL_A, { cookies })
    const urlOf = (n: number) => http.fromStep({ path: `/u/${n}` }, own, options).url
    const first = urlOf(0)
    expect(urlOf(0)).toBe(first)
    for (let n = 1; n <= 64; n += 1) urlOf(n)
    expect(urlOf(0)).not.toBe(first)
  })
})

/** A request as it is written, with its body. */
const requestText = (...parts: Parameters<typeof requestBytes>) => requestBytes(...parts).toString('latin1')

function fail(): never {
  throw new Error('no request was made')
}
