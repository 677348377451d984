import { expect, test } from 'vitest'
import { aroundMarks, isMarked, marked, withMarks } from '../../../../src/templates/imports/openapi/marks.ts'

test('marked helpers become templates, and braces of the text stay text', () => {
  expect(withMarks(`a ${marked('uuid')} {{b}}`)).toBe('a {{uuid}} \\{{b}}')
  expect(withMarks('plain')).toBe('plain')
})

test('marks survive JSON and what is done around them', () => {
  const text = `${marked('email')}&x`
  expect(JSON.parse(JSON.stringify({ text })).text).toBe(text)
  expect(aroundMarks(`a b${marked('uuid')}c d`, encodeURIComponent)).toBe(`a%20b${marked('uuid')}c%20d`)
  expect([isMarked(text), isMarked('uuid')]).toEqual([true, false])
})
