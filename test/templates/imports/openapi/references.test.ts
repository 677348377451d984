import { expect, test } from 'vitest'
import { References } from '../../../../src/templates/imports/openapi/references.ts'

const ROOT = {
  components: {
    schemas: {
      'a/b': { type: 'string' },
      again: { $ref: '#/components/schemas/a~1b' },
      round: { $ref: '#/components/schemas/round' },
    },
  },
  list: [{ n: 1 }],
  größe: { ok: true },
}

test.each<[string, unknown, object]>([
  ['a map is itself', { type: 'object' }, { type: 'object' }],
  ['a reference is followed, through others', { $ref: '#/components/schemas/again' }, { type: 'string' }],
  ['into lists', { $ref: '#/list/0' }, { n: 1 }],
  ['percent-encoded', { $ref: '#/gr%C3%B6%C3%9Fe' }, { ok: true }],
  ['to itself', { $ref: '#/components/schemas/round' }, {}],
  ['to nothing', { $ref: '#/components/none' }, {}],
  ['to what every object has', { $ref: '#/constructor' }, {}],
  ['no map', 'text', {}],
])('%s', (_, value, resolved) => {
  const notes: string[] = []
  expect(new References(ROOT, notes).resolve(value)).toEqual(resolved)
  expect(notes).toEqual([])
})

test('another file is not read, which is said', () => {
  const notes: string[] = []
  expect(new References(ROOT, notes).resolve({ $ref: 'other.yaml#/a' })).toEqual({})
  expect(notes).toEqual(['$ref other.yaml#/a points outside the file, and was left out'])
})
