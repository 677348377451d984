import { expect, test } from 'vitest'
import { marked } from '../../../../src/templates/imports/openapi/marks.ts'
import { sampleText } from '../../../../src/templates/imports/openapi/sample-text.ts'

function of(schema: object) {
  const notes: string[] = []
  return { text: sampleText(schema as Record<string, unknown>, (note) => notes.push(note)), notes }
}

test.each<[object, string]>([
  [{}, 'example'],
  [{ minLength: 10 }, 'examplexxx'],
  [{ maxLength: 3 }, 'exa'],
  [{ format: 'date' }, '2025-01-31'],
  [{ format: 'uuid', maxLength: 3 }, marked('uuid')],
  [{ format: 'date', maxLength: 4 }, 'exam'],
  [{ format: 'of-our-own' }, 'example'],
  [{ pattern: '^\\d{5}$' }, '12345'],
  [{ pattern: '^[A-Z]{2}$' }, 'EX'],
  [{ pattern: '^[a-z]+$', minLength: 9 }, 'exampleee'],
  [{ pattern: '^\\d{4}-', format: 'date' }, '2025-01-31'],
])('%j: %s', (schema, text) => expect(of(schema)).toEqual({ text, notes: [] }))

test('a pattern that nothing fits is told, be it one that RE2 does not know', () => {
  for (const pattern of ['^zq{7}!$', '^(?=z)z', '(']) {
    const { text, notes } = of({ pattern })
    expect(text).toBe('example')
    expect(notes).toEqual([`the pattern ${pattern} is not honoured: put a fitting text in place of "example"`])
  }
})

test('an enormous least length is not made', () => expect(of({ minLength: 1e9 }).text).toHaveLength(10_000))
