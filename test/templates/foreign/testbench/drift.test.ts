import { expect, test } from 'vitest'
import { ForeignFields } from '../../../../src/templates/foreign/common/fields.ts'
import { Notes } from '../../../../src/templates/foreign/common/notes.ts'
import { driftsOf } from '../../../../src/templates/foreign/testbench/drift.ts'

function of(data: object) {
  const notes = new Notes()
  return {
    drifts: driftsOf(new ForeignFields(data, notes, 'schemaDrift')),
    notes: notes.all.map(({ severity, text, hint }) => `${severity}: ${text}${hint ? ` (${hint})` : ''}`),
  }
}

test('a list, or one written out', () => {
  const add = { drift: 'add', path: '$.a.b', value: 0 }
  expect(of({ mutations: [{ type: 'ADD_FIELD', fieldPath: 'a.b', newValue: 0 }] })).toEqual({ drifts: [add], notes: [] })
  expect(of({ driftType: 'add_field', fieldPath: 'a.b', newValue: 0 }).drifts).toEqual([add])
  expect(of({ drifts: [{ driftType: 'REMOVE_FIELD', path: '$.a[0]', newValue: null }, 'x'] }).drifts).toEqual([
    { drift: 'remove', path: '$.a[0]' },
  ])
  expect(of({})).toEqual({ drifts: [], notes: ['note: schemaDrift.mutations is empty: nothing drifts'] })
})

test.each([
  [
    { type: 'ADD_FIELD', fieldPath: 'a' },
    { drift: 'add', path: '$.a' },
  ],
  [
    { type: 'CHANGE_TYPE', fieldPath: 'items[0].id' },
    { drift: 'retype', path: '$.items[0].id' },
  ],
  [
    { type: 'CHANGE_TYPE', fieldPath: 'a', newValue: { b: 1 } },
    { drift: 'retype', path: '$.a', value: { b: 1 } },
  ],
  [
    { type: 'RENAME_FIELD', fieldPath: 'a.b', newValue: 'c' },
    { drift: 'rename', path: '$.a.b', to: 'c' },
  ],
  [
    { type: 'REMOVE_FIELD', fieldPath: "a b.it's" },
    { drift: 'remove', path: "$['a b']['it\\'s']" },
  ],
])('%j is %j', (mutation, drift) => expect(of({ mutations: [mutation] })).toEqual({ drifts: [drift], notes: [] }))

test('what a mutation leaves out, or has too much, is told', () => {
  const renamed = of({ mutations: [{ type: 'RENAME_FIELD', fieldPath: 'a.list[2]' }] })
  expect(renamed.drifts).toEqual([{ drift: 'rename', path: '$.a.list[2]', to: '2_renamed' }])
  expect(renamed.notes).toEqual(['note: schemaDrift.mutations has no newValue for a.list[2], which is renamed to 2_renamed'])
  const removed = of({ mutations: [{ type: 'REMOVE_FIELD', fieldPath: 'a', newValue: 1 }] })
  expect(removed.drifts).toEqual([{ drift: 'remove', path: '$.a' }])
  expect(removed.notes.join()).toContain('has a newValue for a, which is removed: it was left out')
})

test.each([
  [{ type: 'ADD_FEILD', fieldPath: 'a' }, 'has no type ADD_FEILD (did you mean ADD_FIELD?)'],
  [{ type: 'constructor', fieldPath: 'a' }, 'has no type CONSTRUCTOR'],
  [{ type: 'ADD_FIELD', fieldPath: 'a..b' }, 'has a fieldPath that is none: "a..b" (such as data.items[0].id)'],
])('%j is refused', (mutation, message) => {
  const { drifts, notes } = of({ mutations: [mutation] })
  expect(drifts).toEqual([])
  expect(notes.join()).toContain(message)
})

test('a name that no field may have is refused', () => {
  const { drifts, notes } = of({ mutations: [{ type: 'RENAME_FIELD', fieldPath: 'a', newValue: '__proto__' }] })
  expect(drifts).toEqual([{ drift: 'rename', path: '$.a', to: 'a_renamed' }])
  expect(notes).toEqual(['error: schemaDrift.mutations has a newValue for a that is no name: "__proto__"'])
})
