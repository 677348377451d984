import { expect, test } from 'vitest'
import { TemplateError } from '../../../src/language/template/template.ts'
import { render } from './render.ts'

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
