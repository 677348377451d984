import { describe, expect, test } from 'vitest'
import { templateHelpers } from '../../src/language/helpers/helpers.ts'
import { compileTemplate, TemplateError } from '../../src/language/template/template.ts'
import { createRandom } from '../../src/random.ts'

const random = createRandom('helpers')
const render = (source: string, scope = {}) =>
  compileTemplate(source).render(scope, random, () => Date.UTC(2024, 1, 29, 12, 30, 15, 250))

test.each([
  ['{{upper "aß"}}', 'ASS'],
  ['{{lower "AÉ"}}', 'aé'],
  ['{{trim "  a b\n"}}', 'a b'],
  ['{{repeat "ab" 3}}', 'ababab'],
  ['{{repeat "ab" 0}}', ''],
  ['{{repeat "ab" "2"}}', 'abab'],
  ['{{json text}}', '"a\\"b"'],
  ['{{json list}}', '[1,2]'],
  ['{{json null}}', 'null'],
  ['{{lookup list 1}}', '2'],
  ['{{lookup map "k"}}', 'v'],
  ['{{default nope "x"}}', 'x'],
  ['{{default nope.deeper "x"}}', 'x'],
  ['{{default "" "x"}}', 'x'],
  ['{{default 0 "x"}}', '0'],
  ['{{default (lookup map "zz") 7}}', '7'],
  ['{{add 1 "2"}}', '3'],
  ['{{sub 1 2.5}}', '-1.5'],
  ['{{mul 3 4}}', '12'],
  ['{{div 9 4}}', '2.25'],
  ['{{mod 9 4}}', '1'],
  ['{{eq 1 "1"}} {{ne 1 2}} {{lt 2 10}} {{gt 2 10}}', 'true true true false'],
  ['{{not nope}} {{and 1 list}} {{or 0 ""}}', 'true true false'],
  ['{{now}}', '1709209815250'],
  ['{{unixTimestamp}}', '1709209815'],
  ['{{isoTimestamp}}', '2024-02-29T12:30:15.250Z'],
])('%s gives %s', (source, expected) => expect(render(source, { text: 'a"b', list: [1, 2], map: { k: 'v' } })).toBe(expected))

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

test.each([
  ['{{randomInt 3 1}}', 'no whole number'],
  ['{{randomInt 1.5 3}}', 'min must be a whole number'],
  ['{{add "x" 1}}', 'a must be a number, not "x"'],
  ['{{add "" 1}}', 'a must be a number, not ""'],
  ['{{div 1 0}}', 'division by zero'],
  ['{{repeat "x" -1}}', 'times must be from 0'],
  ['{{repeat "x" 9999999}}', 'longer than'],
  ['{{randomText 1000000}}', 'words must be from 0'],
  ['{{pick list}}', 'nothing to pick from'],
  ['{{lookup list "zz"}}', 'no value here'],
  ['{{lookup list "constructor"}}', 'no value here'],
])('%s: %s', (source, message) => {
  expect(() => render(source, { list: [] })).toThrow(TemplateError)
  expect(() => render(source, { list: [] })).toThrow(message)
})

describe('the table', () => {
  test('has each name once, a description, and no block name', () => {
    const names = templateHelpers.map((helper) => helper.name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of ['if', 'unless', 'each', 'with', 'log']) expect(names).not.toContain(name)
    for (const { description, arity } of templateHelpers) {
      expect(description).toMatch(/^.{5,}[^.]$/)
      expect(arity[0]).toBeLessThanOrEqual(arity[1])
    }
  })
})
