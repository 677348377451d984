import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { keyOf, signatureHeaders, whyNotSigned } from '../../src/notify/signature.ts'

const WHSEC = `whsec_${Buffer.from('a key of twenty-four byt').toString('base64')}`
const NOW = 1_790_000_000
const message = { id: 'msg_1', timestamp: NOW, body: '{"type":"run.failed","text":"é 😀"}' }

describe('signatures', () => {
  test.each([WHSEC, 'a text of sixteen characters'])('are what the library of Standard Webhooks makes (%s)', (secret) => {
    const library = new Webhook(secret, secret === WHSEC ? undefined : { format: 'raw' })
    const made = library.sign(message.id, new Date(NOW * 1000), message.body)
    expect(signatureHeaders(message, secret)['webhook-signature']).toBe(made)
  })

  test('the simpler one is the HMAC-SHA256 of time, dot and body', () => {
    const headers = signatureHeaders({ ...message, body: '{}' }, 'sixteen characters')
    // printf '1790000000.{}' | openssl dgst -sha256 -hmac 'sixteen characters'
    expect(headers['x-burn-signature']).toBe('sha256=4c8b57bd172d95b85c9edbb437233318bc42d263c2daa21d61bed9c4d95be2c6')
    expect(headers).toMatchObject({ 'x-burn-timestamp': '1790000000', 'x-burn-delivery': 'msg_1' })
  })

  test('without a secret there is an id and a time', () => {
    expect(Object.keys(signatureHeaders(message, undefined)).sort()).toEqual([
      'webhook-id',
      'webhook-timestamp',
      'x-burn-delivery',
      'x-burn-timestamp',
    ])
  })
})

describe('whyNotSigned', () => {
  const headers = signatureHeaders(message, WHSEC)
  const { 'webhook-signature': standard, ...simple } = headers
  const check = (given: Record<string, string | undefined>, now = NOW, body = message.body, secret = WHSEC) =>
    whyNotSigned(body, given, secret, now, 300)

  test('is undefined for a right one, of either kind, and for one of several', () => {
    expect(check(headers)).toBeUndefined()
    expect(check(simple)).toBeUndefined()
    expect(check({ ...headers, 'webhook-signature': `v1,AAAA ${standard}` })).toBeUndefined()
    expect(check(headers, NOW + 300)).toBeUndefined()
  })

  test.each([
    ['another body', () => check(headers, NOW, `${message.body} `), 'another message'],
    ['another secret', () => check(headers, NOW, message.body, 'another secret of ours'), 'another secret'],
    ['another id', () => check({ ...headers, 'webhook-id': 'msg_2' }), 'another message'],
    ['another time', () => check({ ...headers, 'webhook-timestamp': `${NOW + 1}` }), 'another message'],
    ['none', () => check({ 'webhook-id': 'msg_1', 'webhook-timestamp': `${NOW}` }), 'no signature'],
    ['an empty one', () => check({ ...headers, 'webhook-signature': '' }), 'no signature'],
    ['no time', () => check({ 'webhook-signature': standard }), 'no time'],
    ['an old one', () => check(headers, NOW + 301), '301 s away, more than 300 s'],
    ['one of the future', () => check(headers, NOW - 400), '400 s away'],
  ])('says what is wrong: %s', (_, why, words) => {
    expect(why()).toContain(words)
  })
})

test('a key after whsec_ is base64', () => {
  expect(keyOf('whsec_AAEC')).toEqual(Buffer.from([0, 1, 2]))
  expect(keyOf('whsec_')).toBeUndefined()
  expect(keyOf('whsec_not base64!')).toBeUndefined()
  expect(keyOf('plain text')).toEqual(Buffer.from('plain text'))
})
