import { expect, test } from 'vitest'
import { Notes, pathOfName } from '../../../../src/templates/foreign/common/notes.ts'

test('the same is said once, in the words and place of the first', () => {
  const notes = new Notes()
  notes.push('left out')
  notes.add({ severity: 'error', text: 'left out', path: ['a'] })
  notes.add({ severity: 'warning', text: 'other', path: ['b'], hint: 'h' })
  expect(notes.all).toEqual([
    { severity: 'note', text: 'left out', path: undefined },
    { severity: 'warning', text: 'other', path: ['b'], hint: 'h' },
  ])
})

test.each([
  ['a.b.0', ['a', 'b', 0]],
  ['a0.1b', ['a0', '1b']],
  ['', ['']],
])('%j is the path %j', (name, path) => expect(pathOfName(name)).toEqual(path))
