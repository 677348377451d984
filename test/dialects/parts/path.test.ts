import { describe, expect, test } from 'vitest'
import { compilePath, compilePlace, readPath, writePath } from '../../../src/dialects/parts/path.ts'

describe('paths', () => {
  const value = { a: { b: [{ c: 1 }, { c: 2 }], '0': 'zero', 'x y': 3 }, n: null }
  test.each([
    ['$', value],
    ['$.a.b[0].c', 1],
    ['a.b.1.c', 2],
    ['$.a.b[-1].c', 2],
    ['a.b[-1].c', 2],
    ["$['a']['x y']", 3],
    ['$.a["0"]', 'zero'],
    ['a.0', 'zero'],
    ['$.a.b[9].c', undefined],
    ['$.n.x', undefined],
    ['toString', undefined],
  ])('%s', (path, expected) => {
    expect(readPath(compilePath(path)!, value)).toEqual(expected)
  })

  const parts = { items: [{ kind: 'a' }, { text: null }, { text: 'one', deep: [[], [{ x: 7 }]] }, { text: 'two' }], empty: [] }
  test.each([
    ['$.items[*].text', 'one'],
    ['items[*].kind', 'a'],
    ['$.items[*].deep[*][*].x', 7],
    ['$.items[*].deep[-1][*].x', 7],
    ["$['items'][*]['text']", 'one'],
    ['$[*][0].kind', 'a'],
    ['$.items[*]', { kind: 'a' }],
    ['$.items[1][*]', null],
    ['$.items[*].none', undefined],
    ['$.empty[*]', undefined],
    ['$.items[0].kind[*]', undefined],
  ])('%s is the first match', (path, expected) => {
    expect(readPath(compilePath(path)!, parts)).toEqual(expected)
  })

  test('[*] is no place to write to', () => {
    expect(compilePlace('a[*].b')).toBeUndefined()
    expect(compilePlace('a[0].b')).toEqual(['a', 0, 'b'])
    expect(compilePlace('a..b')).toBeUndefined()
  })

  test.each([
    '',
    '$.',
    '$a',
    '.a',
    'a..b',
    'a[',
    'a[*',
    'a.*',
    '*',
    'a[**]',
    '$..a',
    'a[?(@.b)]',
    'a b',
    '$.__proto__.x',
    'a.constructor',
    'a]',
    "a['b",
  ])('%j is not a path', (path) => {
    expect(compilePath(path)).toBeUndefined()
  })

  test.each([
    ['messages.0.content', {}, { messages: [{ content: 'v' }] }],
    ['$.a.b', { a: 1, z: 2 }, { a: { b: 'v' }, z: 2 }],
    ['$.list[-1].t', { list: [{ t: 1 }, { t: 2, u: 3 }] }, { list: [{ t: 1 }, { t: 'v', u: 3 }] }],
    ['list[-1]', { list: [] }, { list: ['v'] }],
    ['$', { a: 1 }, 'v'],
  ])('writes %s', (path, root, expected) => {
    expect(writePath(compilePlace(path)!, root, 'v')).toEqual(expected)
  })
})
