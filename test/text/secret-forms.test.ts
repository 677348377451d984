import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ANCHOR_LENGTH, secretForms } from '../../src/text/secret-forms.ts'

/** What is left of a text when every form of the secret is taken out. */
function without(secret: string, text: string): string {
  return [...secretForms(secret).keys()].reduce((left, form) => left.replace(new RegExp(form, 'g'), ''), text)
}

const SECRET = "sk-\"a&b/ü+7<'x'>"
test.each([
  ['as it is', SECRET],
  ['JSON', JSON.stringify(SECRET).slice(1, -1)],
  ['JSON inside of JSON', JSON.stringify(JSON.stringify(SECRET).slice(1, -1)).slice(1, -1)],
  ['percent-encoded', encodeURIComponent(SECRET)],
  ['percent-encoded in lower case', encodeURIComponent(SECRET).replace(/%../g, (code) => code.toLowerCase())],
  ['a form field', new URLSearchParams({ '': SECRET }).toString().slice(1)],
  ['HTML', 'sk-&quot;a&amp;b/ü+7&lt;&#39;x&#39;&gt;'],
  ['percent-encoded twice', encodeURIComponent(encodeURIComponent(SECRET))],
  ['HTML of Handlebars', 'sk-&quot;a&amp;b/ü+7&lt;&#x27;x&#x27;&gt;'],
  ['HTML of Mustache', 'sk-&quot;a&amp;b&#x2F;ü+7&lt;&#39;x&#39;&gt;'],
  ['HTML by numbers', [...SECRET].map((char) => (/\w/.test(char) ? char : `&#${char.codePointAt(0)};`)).join('')],
  [
    'JSON of Gson',
    JSON.stringify(SECRET)
      .slice(1, -1)
      .replace(/[<>&=']/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`),
  ],
  ['JSON of .NET', 'sk-\\u0022a\\u0026b/\\u00FC\\u002B7\\u003C\\u0027x\\u0027\\u003E'],
  ['hexadecimal', Buffer.from(SECRET).toString('hex')],
  ['hexadecimal in capitals', Buffer.from(SECRET).toString('hex').toUpperCase()],
  ['base64', Buffer.from(SECRET).toString('base64')],
  ['base64url', Buffer.from(SECRET).toString('base64url')],
])('%s', (_, text) => expect(without(SECRET, text)).toBe(''))

test('in base64 none of its bytes is left, wherever it begins', () => {
  const secret = fc.string({ minLength: 6, maxLength: 20, unit: 'grapheme-ascii' }).filter((text) => text.trim().length >= 6)
  fc.assert(
    fc.property(fc.string({ maxLength: 5 }), secret, fc.string({ maxLength: 5 }), (before, hidden, after) => {
      const left = without(hidden, Buffer.from(before + hidden + after).toString('base64'))
      const bytes = Math.ceil((Buffer.byteLength(before) * 4) / 3) + Math.ceil((Buffer.byteLength(after) * 4) / 3) + 4
      expect(left.length).toBeLessThanOrEqual(bytes)
    }),
  )
})

test('in base64 of base64 none of it is left, wherever it begins in either', () => {
  const secret = fc.string({ minLength: 6, maxLength: 20, unit: 'grapheme-ascii' }).filter((text) => text.trim().length >= 6)
  const pad = fc.string({ maxLength: 5 })
  const encoding = fc.constantFrom<BufferEncoding>('base64', 'base64url')
  fc.assert(
    fc.property(secret, fc.tuple(pad, pad, pad, pad), encoding, encoding, (hidden, [a, b, c, d], inner, outer) => {
      const plain = Buffer.from(hidden).toString('hex')
      const once = Buffer.from(a + hidden + b).toString(inner)
      const twice = Buffer.from(c + once + d).toString(outer)
      const left = without(hidden, twice)
      // What is left of both ends is too short to hold a digit that the secret has settled, and no such digit is in it.
      const ends = (text: string) => Math.ceil((Buffer.byteLength(text) * 4) / 3) + 4
      expect(left.length).toBeLessThanOrEqual(ends(c) + ends(d) + Math.ceil(((ends(a) + ends(b)) * 4) / 3))
      expect(Buffer.from(Buffer.from(left, outer).toString(), inner).toString('hex')).not.toContain(plain)
    }),
  )
})

test('each long line of a key file is a form, its frame is none', () => {
  const body = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC'
  const forms = secretForms(`-----BEGIN PRIVATE KEY-----\n${body}\nshort\n-----END PRIVATE KEY-----`)
  expect(forms.has(body)).toBe(true)
  expect(forms.has('short')).toBe(false)
  expect([...forms.keys()].filter((form) => /^\\?-\\?-\\?-\\?-\\?-BEGIN PRIVATE KEY[\\-]+$/.test(form))).toEqual([])
})

test('the anchor of a form is how it begins, in lower case', () => {
  const forms = secretForms('SECRET-one')
  expect(forms.get('SECRET\\-one')).toBe('secret')
  for (const anchor of forms.values()) expect(anchor.length).toBeLessThanOrEqual(ANCHOR_LENGTH)
})
