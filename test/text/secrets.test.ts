import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isSecretName, MASK, Redactor } from '../../src/text/secrets.ts'
import { costMeter } from '../support/cost.ts'

const KEY = 'sk-Té/+ "&<x>\n42'

function redactor(...secrets: string[]): Redactor {
  const made = new Redactor()
  for (const secret of secrets) expect(made.add(secret)).toBe(true)
  return made
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('forms', () => {
  test.each([
    ['plain', KEY],
    ['JSON', JSON.stringify({ key: KEY })],
    ['JSON within JSON', JSON.stringify(JSON.stringify({ key: KEY }))],
    ['JSON with escaped slashes', JSON.stringify(KEY).replaceAll('/', '\\/')],
    ['ASCII JSON', JSON.stringify(KEY).replaceAll('é', '\\u00e9')],
    ['JSON in a script', JSON.stringify(KEY).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026')],
    ['URL', `https://x/?k=${encodeURIComponent(KEY)}&b=1`],
    ['URL in small letters', encodeURIComponent(KEY).toLowerCase().replace('sk-t', 'sk-T')],
    ['form', new URLSearchParams({ k: KEY }).toString()],
    ['HTML', KEY.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')],
    ['HTML, numeric', KEY.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&#34;')],
    ['base64', base64(KEY)],
    ['base64url', Buffer.from(KEY).toString('base64url')],
    ['hexadecimal', Buffer.from(KEY).toString('hex')],
    ['capital hexadecimal', Buffer.from(KEY).toString('hex').toUpperCase()],
  ])('%s', (_, text) => {
    const output = redactor(KEY).redact(text)
    expect(output).toContain(MASK)
    expect(output).not.toMatch(/sk-T|42|LVT|c2st|736b2d/i)
  })

  test.each(['', 'u', 'us', 'use', 'user', 'user12'])('Basic credentials of user %j', (user) => {
    const secret = 'hunter2-hunter2'
    const output = redactor(secret).redact(`Authorization: Basic ${base64(`${user}:${secret}`)} end`)
    expect(output).toMatch(/^Authorization: Basic [A-Za-z0-9+/]*\[secret\] end$/)
    const left = Buffer.from(output.split(' ')[2]!.replace(MASK, ''), 'base64').toString()
    expect(`${user}:`.startsWith(left)).toBe(true)
  })

  test('a secret inside of a longer base64 text leaves none of its bytes', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 0, maxLength: 20 }),
        fc.string({ minLength: 8, maxLength: 30 }),
        fc.string({ maxLength: 20 }),
        (a, secret, b) => {
          fc.pre(secret.trim().length >= 6)
          const output = redactor(secret).redact(base64(a + secret + b))
          expect(output).toContain(MASK)
          expect(output.length).toBeLessThanOrEqual(base64(a + b).length + MASK.length + 4)
        },
      ),
      { seed: 1 },
    )
  })

  test('lines of a private key are secrets each', () => {
    const pem = '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASCBKcwggSjAgEAAoIB\n-----END KEY-----\n'
    expect(redactor(pem).redact('> AQEFAASCBKcwggSjAgEAAoIB <')).toBe('> [secret] <')
    expect(redactor(pem).redact('-----BEGIN KEY-----')).toBe('-----BEGIN KEY-----')
  })

  test('the longer of two secrets is masked whole', () => {
    expect(redactor('secret-1', 'secret-1-long').redact('a secret-1-long b secret-1')).toBe('a [secret] b [secret]')
  })

  test('characters of regular expressions and replacements are only characters', () => {
    expect(redactor('a.*b$&(c').redact('a.*b$&(c axxb$&(c')).toBe('[secret] axxb$&(c')
  })
})

test.each(['', '     ', 'short', ' short ', '12345'])('%j is too short to be a secret', (value) => {
  const made = new Redactor()
  expect(made.add(value)).toBe(false)
  expect(made.redact(`a ${value} b`)).toBe(`a ${value} b`)
})

test('JSON values are redacted throughout, and stay values', () => {
  const value = { ok: 1, id: 12345678, list: ['x tokenvalue y', null, true], tokenvalue: { deep: 'tokenvalue' } }
  expect(redactor('tokenvalue', '12345678').redactValue(value)).toEqual({
    ok: 1,
    id: MASK,
    list: ['x [secret] y', null, true],
    [MASK]: { deep: MASK },
  })
  expect(new Redactor().redactValue(value)).toBe(value)
})

test('a key called __proto__ stays a key', () => {
  const output = redactor('tokenvalue').redactValue(JSON.parse('{"__proto__":{"a":"tokenvalue"}}'))
  expect(JSON.stringify(output)).toBe('{"__proto__":{"a":"[secret]"}}')
})

describe('parts', () => {
  test('a secret split over frames is found', () => {
    expect(redactor('tokenvalue').redactParts(['a tok', 'env', 'alue b', ' c tokenvalue'])).toEqual([
      'a [secret]',
      '',
      ' b',
      ' c [secret]',
    ])
  })

  test('any cutting gives the same text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'tokenvalue', ' ', 'token', 'value', 'x'), { maxLength: 12 }),
        fc.array(fc.nat(40)),
        (words, cuts) => {
          const text = words.join('')
          const edges = [0, ...cuts.map((at) => Math.min(at, text.length)).sort((a, b) => a - b), text.length]
          const parts = edges.slice(1).map((end, index) => text.slice(edges[index], end))
          expect(redactor('tokenvalue').redactParts(parts).join('')).toBe(redactor('tokenvalue').redact(text))
        },
      ),
      { seed: 2 },
    )
  })
})

describe('headers', () => {
  test.each([
    'Authorization',
    'proxy-authorization',
    'Cookie',
    'set-cookie',
    'x-api-key',
    'api-key',
    'apikey',
    'X-Goog-Api-Key',
    'ocp-apim-subscription-key',
    'x-auth-token',
    'x-amz-security-token',
    'client_secret',
    'x-secret-id',
    'openai-api-key',
    'x-api-key-2',
    'apiKey',
    'accessToken',
    'client-secret',
    'clientsecret',
    'authtoken',
    'db_password',
    'pwd',
    'x-credentials',
  ])('%s is secret', (name) => expect(isSecretName(name)).toBe(true))

  test.each([
    'content-type',
    'x-request-id',
    'keep-alive',
    'x-ratelimit-remaining-tokens',
    'monkey',
    'x-monkey',
    'x-tokens-used',
    'x-portkey-provider',
    'x-tokenizer',
    'tokenizer',
    'x-keyboard',
    'cookiecutter',
    'secretary',
    'x-cookie-consent',
    'token_type',
    'max_tokens',
    'eos_token',
    'idempotency-key',
    'prompt_cache_key',
    'x-key-version',
    'authority',
  ])('%s is not', (name) => expect(isSecretName(name)).toBe(false))

  test('values are masked by name, the others by content', () => {
    const headers = {
      Authorization: 'Bearer abc',
      'x-api-key': 'k',
      'set-cookie': ['a=1', 'b=2'],
      'x-echo': 'is tokenvalue',
      accept: '*/*',
      none: undefined,
    }
    expect(redactor('tokenvalue').maskHeaders(headers)).toEqual({
      Authorization: 'Bearer [secret]',
      'x-api-key': MASK,
      'set-cookie': [MASK, MASK],
      'x-echo': 'is [secret]',
      accept: '*/*',
      none: undefined,
    })
  })
})

test.each([
  ['the key is sk-abcdefgh', 'the key is [secret]'],
  ['the key is sk-abcdefgh…', 'the key is [secret]…'],
  ['{"key":"sk-abcd"}', '{"key":"[secret]"}'],
  ['the key is sk-a', 'the key is sk-a'],
])('a text that was cut within a secret: %s', (text, expected) => {
  const redactor = new Redactor()
  redactor.add('sk-abcdefghijklmnop')
  expect(redactor.redact(text)).toBe(expected)
})

test('a thousand secrets cost no more than a look at the text', () => {
  const redactor = new Redactor()
  const tokens = Array.from({ length: 1000 }, (_, i) => `token-${(i * 7919).toString(36)}-of-user-${i}`)
  for (const token of tokens) redactor.add(token)
  const plain = 'an ordinary reply about orders, refunds and tokens in general. '.repeat(10)
  const spent = costMeter()
  for (let i = 0; i < 1000; i += 1) expect(redactor.redact(plain)).toBe(plain)
  expect(spent()).toBeLessThan(5000)
  const basic = Buffer.from(`me:${tokens[500]}`).toString('base64')
  expect(redactor.redact(`a ${tokens[3]} b ${encodeURIComponent(tokens[999] ?? '')} c ${basic}`)).toMatch(
    /^a \[secret\] b \[secret\] c bW\S{0,3}\[secret\]$/,
  )
})

describe('pieces of a secret', () => {
  const secret = 'sk-envsecret-123456789'
  const masking = () => {
    const made = redactor(secret)
    made.maskPieces()
    return made
  }

  test.each([
    ['a beginning', '{"key":"sk-envsecret-1234567', '{"key":"[secret]'],
    ['an end', 'secret-123456789"}', '[secret]"}'],
    ['a changed copy', 'bad JSON: sk-envsecret?123456789', 'bad JSON: [secret]et?[secret]'],
    ['a whole one and a piece', `${secret} sk-envse`, '[secret] [secret]'],
    ['a word that is part of it', 'envsecret', 'envsecret'],
    ['nothing of it', 'where is my order?', 'where is my order?'],
  ])('%s', (_, text, output) => {
    expect(masking().redact(text)).toBe(output)
    expect(masking().redactValue({ [text.slice(0, 3)]: text })).toEqual({ [text.slice(0, 3)]: output })
  })

  test('one that is split over pieces of a stream', () =>
    expect(masking().redactParts(['a sk-env', 'secret-1', ' b'])).toEqual(['a [secret]', '', ' b']))

  test('of secrets that are learned later too, and only when asked for', () => {
    const made = masking()
    made.add('tok-abcdef-ghijkl')
    expect(made.redact('tok-abcd and more')).toBe('[secret] and more')
    expect(redactor(secret).redact('x sk-envse y')).toBe('x sk-envse y')
  })
})
