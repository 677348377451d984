import { expect, test } from 'vitest'
import { askedTests, combinationsOf, settingsOf } from '../../../../src/cli/suite/file/expand.ts'
import { type Suite, suiteSchema } from '../../../../src/cli/suite/file/schema.ts'

const suite = (own: object): Suite => suiteSchema.parse({ suite: 's', ...own })
const names = (own: object) => askedTests(suite(own)).map(({ name }) => name)

test('tests are named after their file and what is chosen, unless they have a name', () => {
  const tests = [
    { scenario: 'flows/chat.yaml' },
    { scenario: 'chat.yaml', profile: 'quick', environment: 'staging', target: 'a', model: 'm' },
    { scenario: 'chat.yaml', target: ['a', 'b'] },
    { scenario: 'chat.yaml', name: 'mine', profile: 'quick' },
  ]
  expect(names({ tests })).toEqual(['chat', 'chat quick staging a m', 'chat', 'mine'])
})

test('a matrix has a test for each combination, the last axis changing fastest, behind the list', () => {
  const matrix = { scenario: ['a.yaml', 'b.yaml'], target: ['x', 'y'], set: { 'target.stream': [true, false] } }
  expect(combinationsOf(matrix)).toBe(8)
  expect(names({ tests: [{ scenario: 'first.yaml' }], matrix })).toEqual([
    'first',
    ...['a', 'b'].flatMap((stem) =>
      ['x', 'y'].flatMap((target) => [true, false].map((stream) => `${stem} ${target} stream=${stream}`)),
    ),
  ])
  const [, first] = askedTests(suite({ tests: [{ scenario: 'first.yaml' }], matrix }))
  expect(first).toMatchObject({
    path: ['matrix'],
    scenario: 'a.yaml',
    changes: { target: 'x', set: { 'target.stream': true } },
  })
})

test('secret values of a matrix are told apart by their places', () => {
  const matrix = { scenario: ['a.yaml'], vars: { API_TOKEN: ['one-secret', 'two-secret'] }, set: { 'vars.password': ['x', 'y'] } }
  expect(names({ matrix })).toEqual(
    [1, 2].flatMap((token) => [1, 2].map((password) => `a API_TOKEN #${token} password #${password}`)),
  )
})

test('what all tests change is under what one changes; thresholds add up, variables and keys are merged one by one', () => {
  const defaults = { profile: 'quick', users: 5, thresholds: ['errors < 1%'], vars: { A: 1, B: 1 }, set: { 'a.b': 1 } }
  const own = { scenario: 'a.yaml', users: 7, thresholds: ['ttft p95 < 1s'], vars: { B: 2 }, set: { 'a.c': 2 } }
  expect(askedTests(suite({ defaults, tests: [own] }))[0]?.changes).toEqual({
    profile: 'quick',
    users: 7,
    thresholds: ['errors < 1%', 'ttft p95 < 1s'],
    vars: { A: 1, B: 2 },
    set: { 'a.b': 1, 'a.c': 2 },
  })
  const [combined] = askedTests(suite({ defaults, matrix: { scenario: ['a.yaml'], vars: { B: [3] }, profile: ['heavy'] } }))
  expect(combined?.changes).toMatchObject({ profile: 'heavy', users: 5, vars: { A: 1, B: 3 } })
})

test('settings are texts by the names of what is changed', () => {
  expect(settingsOf({ profile: 'quick', target: ['a', 'b'], vars: { N: 1 }, set: { 'target.http': { a: 1 } } })).toEqual({
    profile: 'quick',
    target: '["a","b"]',
    'vars.N': '1',
    'set.target.http': '{"a":1}',
  })
})

test.each([
  [{}, /there is nothing to run/],
  [{ tests: [] }, /tests/],
  [{ tests: [{ scenario: '../a.yaml' }] }, /in the folder of the suite or below it/],
  [{ tests: [{ scenario: '/etc/a.yaml' }] }, /in the folder of the suite/],
  [{ tests: [{ scenario: 'b/../../a.yaml' }] }, /in the folder of the suite/],
  [{ tests: [{ scenario: 'https://host/a.yaml' }] }, /in the folder of the suite/],
  [{ tests: [{ scenario: 'a.yaml', thresholds: ['nonsense'] }] }, /threshold/i],
  [{ tests: [{ scenario: 'a.yaml', set: { '__proto__.x': 1 } }] }, /not allowed/],
  [{ parallel: 2, gap: '5s', tests: [{ scenario: 'a.yaml' }] }, /no pause between them/],
  [{ matrix: { scenario: ['a.yaml'], target: Array.from({ length: 51 }, (_, i) => `t${i}`) } }, /50/],
])('%j is refused', (own, words) => {
  const { error } = suiteSchema.safeParse({ suite: 's', ...own })
  expect(JSON.stringify(error?.issues)).toMatch(words)
})
