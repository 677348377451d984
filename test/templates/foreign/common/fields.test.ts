import { expect, test } from 'vitest'
import { ForeignFields } from '../../../../src/templates/foreign/common/fields.ts'
import { Notes } from '../../../../src/templates/foreign/common/notes.ts'

function fields(data: unknown, path = 'a') {
  const notes = new Notes()
  const read = new ForeignFields(data, notes, path)
  return {
    read,
    said: () => notes.all.map(({ severity, text, hint }) => `${severity}: ${text}${hint === undefined ? '' : ` (${hint})`}`),
  }
}

test('the first key that is there and not null counts', () => {
  const { read } = fields({ one: null, two: 2, three: 3 })
  expect([read.take('none', 'one', 'two', 'three'), read.take('none'), read.has('one'), read.has('two')]).toEqual([
    2,
    undefined,
    false,
    true,
  ])
})

test('values are read as what is wanted', () => {
  const { read, said } = fields({ n: ' 5 ', t: 7, b: false, l: [1], m: { x: 1 }, bad: 'many' })
  expect([read.number('n'), read.text('t'), read.text('b'), read.flag('b', true), read.flag('t', true)]).toEqual([
    5,
    '7',
    'false',
    false,
    true,
  ])
  expect([read.list('l'), read.list('m'), read.map('m').number('x'), read.number('bad')]).toEqual([[1], [], 1, undefined])
  expect(said()).toEqual(['error: a.bad is not a number'])
})

test('what nobody read is told: as misspelt where it is like a key that was asked for', () => {
  const { read, said } = fields({ duration: 1, durtion: 2, colour: 3 })
  read.number('duration')
  read.finish()
  expect(said()).toEqual([
    'error: a.durtion is not a known key (did you mean duration?)',
    'warning: a.colour has no equivalent in burn, and was left out',
  ])
})

test('notes bear the whole way to the key; what is no map has no keys', () => {
  const { read, said } = fields({ inner: { list: 'x' } })
  const inner = read.map('inner')
  inner.note('list', 'is odd')
  expect([inner.at('list'), said()]).toEqual(['a.inner.list', ['note: a.inner.list is odd']])
  expect(fields([1, 2]).read.keys()).toEqual([])
  expect(fields({}, '').read.at('x')).toBe('x')
})
