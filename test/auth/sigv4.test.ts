/** AWS Signature Version 4: the signatures that AWS published in its test suite, and what goes over the wire. */
import { expect, test } from 'vitest'
import { signerV4 } from '../../src/auth/signing/sigv4.ts'
import { validateScenario } from '../../src/scenario/validate.ts'
import { faulty } from '../engine/targets.ts'
import { runScenario } from '../support/run.ts'

const KEYS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
  service: 'service',
}
const AT = Date.UTC(2015, 7, 30, 12, 36)
const SESSION =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=='
const FORM = 'application/x-www-form-urlencoded'

const request = (method: string, target: string, type?: string, body?: string) => ({
  method,
  url: new URL(`https://example.amazonaws.com${target}`),
  headers: { accept: '*/*', 'user-agent': 'burn', ...(type && { 'content-type': type }) },
  body: body === undefined ? undefined : Buffer.from(body),
})

// @see aws-sig-v4-test-suite: the names and signatures are those of its files.
test.each([
  ['get-vanilla', request('GET', '/'), {}, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  ['post-vanilla', request('POST', '/'), {}, '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
  [
    'get-vanilla-query-order-key-case',
    request('GET', '/?Param2=value2&Param1=value1'),
    {},
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  ['get-vanilla-utf8-query', request('GET', '/?ሴ=bar'), {}, '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04'],
  [
    'get-unreserved',
    request('GET', '/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'),
    {},
    '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f',
  ],
  ['get-slashes', request('GET', '//'), {}, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  [
    'post-x-www-form-urlencoded',
    request('POST', '/', FORM, 'Param1=value1'),
    {},
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
  [
    'post-sts-header-before',
    request('POST', '/'),
    { sessionToken: SESSION },
    '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
  ],
])('%s of the published test suite', (_, unsigned, more, signature) => {
  const signed = signerV4({ ...KEYS, ...more })(unsigned, AT)
  const names = ['host', 'x-amz-date', ...('sessionToken' in more ? ['x-amz-security-token'] : [])]
  const headers = 'content-type' in unsigned.headers ? ['content-type', ...names] : names
  expect(signed).toEqual({
    'x-amz-date': '20150830T123600Z',
    ...('sessionToken' in more && { 'x-amz-security-token': SESSION }),
    authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${headers.join(';')}, Signature=${signature}`,
  })
})

test('a signer goes on over midnight', () => {
  const sign = signerV4(KEYS)
  const next = AT + 24 * 3_600_000
  expect(sign(request('GET', '/'), AT).authorization).not.toBe(sign(request('GET', '/'), next).authorization)
  expect(sign(request('GET', '/'), next)).toEqual(signerV4(KEYS)(request('GET', '/'), next))
})

const AUTH = { type: 'aws-sigv4', ...KEYS, sessionToken: '' } as const

/** The signature of a request as it came, computed anew from its own date. */
function recomputed(url: string, seen: { method: string; target: string; headers: Record<string, unknown>; body: string }) {
  const date = String(seen.headers['x-amz-date'])
  const at = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5'))
  const { authorization } = signerV4(KEYS)(
    {
      method: seen.method,
      url: new URL(seen.target, url),
      headers: { 'content-type': String(seen.headers['content-type']) },
      body: Buffer.from(seen.body),
    },
    at,
  )
  return authorization
}

test.each([
  ['of the same step again', { load: [{ iterations: 2, users: 1 }], steps: [{ request: { method: 'POST', json: { a: 1 } } }] }],
  ['of messages', { load: [{ iterations: 2, users: 1 }], steps: [{ message: 'Grüße {{iteration.index}}' }] }],
  ['over sse', { steps: [{ message: 'hi' }], target: { protocol: 'sse' } }],
])('each request is signed as it goes out: %s', async (_, { target, ...scenario }: { target?: object; steps: object[] }) => {
  const server = await faulty()
  await runScenario({ name: 's', ...scenario, target: { url: `${server.url}/ok?b=2&a=1`, auth: AUTH, ...target } } as never)
  expect(server.seen.length).toBeGreaterThan(0)
  for (const seen of server.seen) expect(seen.headers.authorization).toBe(recomputed(server.url, seen as never))
})

test('another origin gets no signature, and a protocol that cannot sign is refused', async () => {
  const [server, other] = [await faulty(), await faulty()]
  const steps = [{ request: { url: `${other.url}/ok` } }]
  await runScenario({ name: 's', target: { url: `${server.url}/ok`, auth: AUTH }, steps })
  expect(other.seen.map(({ headers }) => [headers.authorization, headers['x-amz-date']])).toEqual([[undefined, undefined]])
  const text = JSON.stringify({ name: 's', target: { url: 'ws://127.0.0.1/', auth: AUTH }, steps: [{ message: 'hi' }] })
  const { problems } = validateScenario(text, 's.json', { env: {} })
  expect(problems.map(({ path, message }) => `${path}: ${message}`)).toContain(
    'target.auth.type: requests over websocket are not signed',
  )
})
