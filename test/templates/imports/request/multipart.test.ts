import { expect, test } from 'vitest'
import { filePart, mapParts, plainParts, valuePart } from '../../../../src/templates/imports/request/multipart.ts'

test.each([
  ['/home/ann/cat.png', 'cat.png'],
  ['C:\\docs\\a.txt', 'a.txt'],
  ['a/', 'upload.bin'],
  ['{{x}}${y}', '_x__y}'],
  ['encrypted:x', '_x'],
])('a file at %j is %j beside the scenario', (path, file) => {
  const notes: string[] = []
  expect(filePart({ name: 'f', path, type: '' }, 'a step', notes)).toEqual({ name: 'f', file })
  expect(notes).toEqual([`a step: put the file ${file} beside the scenario: it is sent as "f"`])
})

test('only texts are escaped and changed, never the file itself', () => {
  const parts = [valuePart('a', 'x', 'text/plain'), { name: 'f', file: 'x', filename: 'x', type: 'x' }]
  expect(plainParts(parts, (text) => `<${text}>`)).toEqual([
    { name: '<a>', value: '<x>', type: '<text/plain>' },
    { name: '<f>', file: 'x', filename: '<x>', type: '<x>' },
  ])
  expect(mapParts(parts, (value) => ({ a: `${Object.entries(value as object)}!` }))[0]).toEqual({
    name: 'a',
    value: 'a,x!',
    type: 'text/plain',
  })
})
