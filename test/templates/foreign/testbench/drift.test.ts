import { expect, test } from 'vitest'
import { ForeignFields } from '../../../../src/templates/foreign/common/fields.ts'
import { Notes } from '../../../../src/templates/foreign/common/notes.ts'
import { mutationsOf, takesAway } from '../../../../src/templates/foreign/testbench/drift.ts'

function of(data: object) {
  const notes = new Notes()
  return {
    mutations: mutationsOf(new ForeignFields(data, notes, 'schemaDrift')),
    notes: notes.all.map(({ text, hint }) => `${text}${hint ? ` (${hint})` : ''}`),
  }
}

test('a list, or one written out', () => {
  const add = { type: 'add', path: 'a.b', value: 0 }
  expect(of({ mutations: [{ type: 'ADD_FIELD', fieldPath: 'a.b', newValue: 0 }] }).mutations).toEqual([add])
  expect(of({ driftType: 'add_field', fieldPath: 'a.b', newValue: 0 }).mutations).toEqual([add])
  expect(of({ drifts: [{ driftType: 'REMOVE_FIELD', path: '$.a[0]', newValue: null }, 'x'] }).mutations).toEqual([
    { type: 'remove', path: '$.a[0]' },
  ])
  expect(of({}).mutations).toEqual([])
})

test.each([
  [{ type: 'ADD_FEILD', fieldPath: 'a' }, 'has no type ADD_FEILD (did you mean ADD_FIELD?)'],
  [{ type: 'constructor', fieldPath: 'a' }, 'has no type CONSTRUCTOR'],
  [{ type: 'ADD_FIELD', fieldPath: 'a..b' }, 'has a fieldPath that is none: "a..b" (such as data.items[0].id)'],
])('%j is refused', (mutation, message) => {
  const { mutations, notes } = of({ mutations: [mutation] })
  expect(mutations).toEqual([])
  expect(notes.join()).toContain(message)
})

test.each([
  [{ type: 'remove', path: 'id' }, true],
  [{ type: 'rename', path: '$.id' }, true],
  [{ type: 'change', path: 'id.inner' }, true],
  [{ type: 'add', path: 'id' }, false],
  [{ type: 'remove', path: 'data.id' }, false],
])('%j takes the id away: %s', (mutation, away) => expect(takesAway([mutation], 'id')).toBe(away))
