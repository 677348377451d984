/** Which fields of JSON in a reply are masked. */
import { expect, test } from 'vitest'
import { maskFields, maskFieldsIn } from '../../src/text/secret-fields.ts'

test.each([
  ['{"access_token":"acc-abcdef123456","expires_in":3600}', '{"access_token":"[secret]","expires_in":3600}'],
  ['{ "password" : "two \\"words\\" here", "a": 1 }', '{ "password" : "[secret]", "a": 1 }'],
  ['data: {"apiKey":"geheim99"}\n\ndata: {"text":"hi"}', 'data: {"apiKey":"[secret]"}\n\ndata: {"text":"hi"}'],
  ['{"body":"{\\"refresh_token\\":\\"geheim99\\",\\"a\\":1}"}', '{"body":"{\\"refresh_token\\":\\"[secret]\\",\\"a\\":1}"}'],
  ['{"a":1,"client_secret":"geheim99 and the text was c', '{"a":1,"client_secret":"[secret]'],
  ['{"passcode":12345678,"n":1}', '{"passcode":"[secret]","n":1}'],
  ['{"token":"0123456789abcdef"}', '{"token":"[secret]"}'],
  ['{"url":"/a?access_token=geheim99&b=1"}', '{"url":"/a?access_token=[secret]&b=1"}'],
])('%s', (text, expected) => expect(maskFields(text)).toBe(expected))

test.each([
  '{"token":" wonderful"}',
  '{"key":"department","value":"sales"}',
  '{"password":"abc"}',
  '{"total_tokens":1234567,"monkey":"banana split"}',
  '{"password":null,"auth":{"a":"banana split"}}',
  'my password: geheim99',
  '/a?api_key=${env.API_KEY}&password={{password}}&lang=german',
])('%s stays', (text) => expect(maskFields(text)).toBe(text))

test('a long text takes no longer than its length', () => {
  const text = `{"a":"${'x'.repeat(4_000_000)}","password":"${'\\"'.repeat(2_000_000)}`
  expect(maskFields(text).length).toBeLessThan(4_000_100)
  expect(maskFields('"'.repeat(1_000_000)).length).toBe(1_000_000)
})

test('texts are found at any depth of plain data', () => {
  expect(maskFieldsIn({ a: ['{"password":"geheim99"}', 1, null] })).toEqual({ a: ['{"password":"[secret]"}', 1, null] })
})
