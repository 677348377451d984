import { expect, test } from 'vitest'
import { render } from './render.ts'

test.each([
  ['uuid', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
  ['randomInt', /^\d{1,6}$/],
  ['randomInt -3 -3', /^-3$/],
  ['randomText 3', /^[a-z]+ [a-z]+ [a-z]+$/],
  ['randomText', /^([a-z]+ ){9}[a-z]+$/],
  ['pick "a" "b"', /^[ab]$/],
  ['pick list', /^[12]$/],
  ['firstName', /^[A-Z][a-z]+$/],
  ['lastName', /^[A-Z][a-z]+$/],
  ['fullName', /^[A-Z][a-z]+ [A-Z][a-z]+$/],
  ['email', /^[a-z]+\.[a-z]+\d{1,4}@example\.(com|net|org)$/],
  ['city', /^[A-Z][a-z]+$/],
  ['company', /^[A-Z][a-z]+ [A-Z][A-Za-z]+$/],
  ['phone', /^\+1 \d{3} 555 01\d\d$/],
  ['sentence', /^[A-Z][a-z]*( [a-z]+){4,13}\.$/],
  ['paragraph', /^([A-Z][a-z]*( [a-z]+){4,13}\. ?){3,6}$/],
])('{{%s}} looks like %s', (call, form) => {
  for (let n = 0; n < 50; n += 1) expect(render(`{{${call}}}`, { list: [1, 2] })).toMatch(form)
})

test('randomInt takes both ends', () => {
  const seen = new Set(Array.from({ length: 100 }, () => render('{{randomInt 1 3}}')))
  expect(seen).toEqual(new Set(['1', '2', '3']))
})
