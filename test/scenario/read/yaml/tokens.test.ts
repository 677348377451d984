import { expect, test } from 'vitest'
import { scanTokens } from '../../../../src/scenario/read/limits.ts'
import { openBrackets, quotedTexts } from '../../../../src/scenario/read/yaml/tokens.ts'

function tokensOf(text: string) {
  const scan = scanTokens(text)
  if (!('tokens' in scan)) throw new Error('too much')
  return scan.tokens
}

test('quoted texts, as keys and values, closed or not', () => {
  const found = quotedTexts(tokensOf('"a b": \'c\'\nd: [ "e" ]\nf: "g\n'))
  expect(found.map(({ quote, closed }) => [quote, closed])).toEqual([
    ['"', true],
    ["'", true],
    ['"', true],
    ['"', false],
  ])
  expect(found[0]).toEqual({ offset: 0, end: 5, quote: '"', closed: true })
})

test.each([
  ['a: [ 1, { b: 2 } ]\n', []],
  ['a: [ 1, { b: 2 ]\n', ['[', '{']],
  ['a: [ 1\n', ['[']],
])('%j leaves open %j', (text, open) => {
  const found = openBrackets(tokensOf(text))
  expect(found.map(({ bracket }) => bracket)).toEqual(open)
  for (const { offset, bracket } of found) expect(text[offset]).toBe(bracket)
})
