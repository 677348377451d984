import { describe, expect, test } from 'vitest'
import { compileJsonPath, JsonPathError } from '../../src/language/jsonpath/jsonpath.ts'
import { costMeter } from '../support/cost.ts'

const value = JSON.parse(`{
  "a": { "b": [{ "c": 1 }, { "c": 2, "0": "zero" }, { "c": null }], "x-y": 3, "e f": 4 },
  "choices": [{ "text": "hi", "t": ["p", "q"] }],
  "0": { "1": "object" }, "length": 9, "__proto__": { "own": true }
}`)

test.each([
  ['$.a.b[0].c', [1]],
  ['$.a.b[2].c', [null]],
  ['$.a.b[-1]', [{ c: null }]],
  ['$.a.b[*].c', [1, 2, null]],
  ['$..c', [1, 2, null]],
  ["$.a['x-y','e f']", [3, 4]],
  ['$.a.b[0:2].c', [1, 2]],
  ['$.a.b[?@.c > 1].c', [2]],
  ['$.choices[?match(@.text, "h.")].text', ['hi']],
  ['$.choices[?match(@.text, "h")].text', []],
  ['$.choices[?search(@.text, "i$")].text', ['hi']],
  ['$', [value]],
  ['a.b.0.c', [1]],
  ['a.b[1].c', [2]],
  ['a.b[-1].c', [null]],
  ['a.b[*].c', [1, 2, null]],
  ['a.b.*.c', [1, 2, null]],
  ['a.x-y', [3]],
  ["a['e f']", [4]],
  ['$.choices.0.text', ['hi']],
  ['choices.0.t.1', ['q']],
  ['0.1', ['object']],
  ['a.b.1.0', ['zero']],
  [' $.a.x-y ', [3]],
  ['length', [9]],
  ['$.nope.deeper', []],
  ['nope[3].x', []],
])('%s finds %j', (source, expected) => {
  const path = compileJsonPath(source)
  expect(path.all(value)).toEqual(expected)
  expect(path.first(value)).toEqual(expected[0])
})

test.each([
  '$.constructor',
  '$.a.constructor',
  'a.b.length',
  '$.a.toString',
  '$.choices[0].text.length',
  '$.a.__proto__',
  "$['a']['hasOwnProperty']",
])('the inherited %s does not exist', (source) => expect(compileJsonPath(source).first(value)).toBeUndefined())

test('an own __proto__ is data', () => expect(compileJsonPath('$.__proto__.own').first(value)).toBe(true))

test.each([undefined, null, 3, 'text', []])('%j has no members', (root) =>
  expect(compileJsonPath('$.a[0].b').all(root)).toEqual([]),
)

describe('errors', () => {
  test.each([
    ['', 1],
    ['$.a.b[', 7],
    ['$.a..', 6],
    ['$x', 2],
    ['a..b', 1],
    ['.a', 1],
    ['a b', 1],
    ['a[?@.x]', 1],
    ['a[x]', 1],
    ['$.a[?nope(@)]', 6],
    ['$.a[?length(@)]', 6],
  ])('%j is refused at column %d', (source, column) => {
    try {
      compileJsonPath(source)
    } catch (error) {
      expect(error).toBeInstanceOf(JsonPathError)
      expect(error).toMatchObject({ column })
      return
    }
    throw new Error('it was accepted')
  })

  test('a long path is refused', () => expect(() => compileJsonPath('x'.repeat(1001))).toThrow('longer than 1000'))

  test('a bad pattern in a filter is an error, not a silent no', () => {
    expect(() => compileJsonPath('$.choices[?match(@.text, "(")]').all(value)).toThrow('bad pattern')
  })
})

describe('work is bounded', () => {
  const wide = { items: Array.from({ length: 300 }, (_, id) => ({ id, tags: new Array<number>(300).fill(id) })) }

  test.each([
    '$..*..*..*',
    '$..[*]..[*]',
    '$.items[?count($..*) > 3]',
    '$.items[?@.tags[?@ > $.items[0].id]].tags[?$..x]',
    '$..[?@[?@[?@ > 1]]]..*',
    '$.items[*].tags[*,*,*]',
  ])('%s', (source) => {
    const spent = costMeter()
    expect(() => compileJsonPath(source).all(wide)).toThrow('looks at more than 100000 values')
    expect(spent()).toBeLessThan(3000)
  })

  test('a descent over a large reply is within the bound, and the bound is per query', () => {
    const path = compileJsonPath('$..id')
    for (let n = 0; n < 3; n += 1) expect(path.all({ items: wide.items.slice(0, 200) })).toHaveLength(200)
  })

  test('a reply that is nested very deep', () => {
    const deep = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`)
    expect(() => compileJsonPath('$..a').all(deep)).toThrow(JsonPathError)
    expect(compileJsonPath('$[0][0]').all(deep)).toHaveLength(1)
  })

  test('patterns take linear time', () => {
    const spent = costMeter()
    expect(compileJsonPath('$[?match(@, "(a+)+")]').all([`${'a'.repeat(50_000)}!`])).toEqual([])
    expect(spent()).toBeLessThan(2000)
  })
})

test.each([
  ['$.a[?match(@.b, "(")]', 18],
  ['$[?!(@.x && search(@.b, "["))]', 26],
  ['$[?count(@.a[?match(@.b, "(")]) > 1]', 27],
])('a pattern in a filter that cannot be compiled is refused: %s', (path, column) => {
  expect(() => compileJsonPath(path)).toThrow(expect.objectContaining({ name: 'JsonPathError', column }))
})
