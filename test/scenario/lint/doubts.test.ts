/** What cannot be known of a scenario whose parts do not fit the schema. */
import { expect, test } from 'vitest'
import { doubtsOf } from '../../../src/scenario/lint/doubts.ts'
import type { Path } from '../../../src/scenario/read/source/source.ts'

const finding = (...path: Path) => ({ code: 'E_TYPE', path, mark: 'value', message: 'does not fit', hint: undefined }) as const

test('names within a part that could not be read may be those that are looked for', () => {
  const value = { steps: [{ message: 'hi' }], vars: { fine: 1 }, groups: { a: { vars: { city: 1 } }, b: { name: 'north' } } }
  const doubts = doubtsOf([finding('groups')], value)
  expect(['city', 'a', 'north', 'fine', 'other'].map((name) => doubts.mayBeNamed(name))).toEqual([true, true, true, false, false])
  expect([doubts.keys, doubts.titles]).toEqual([['a', 'vars', 'city', 'b', 'name'], ['north']])
  expect(doubts.steps).toBe(false)
})

test('a block that would define variables and shows no names may define any', () => {
  const doubts = doubtsOf([finding('vars')], { steps: [], vars: 'a' })
  expect([doubts.mayBeNamed('anything'), doubts.stands('anything')]).toEqual([true, false])
})

test('steps are doubtful when one of them is, or when there are none', () => {
  expect(doubtsOf([finding('steps', 1)], { steps: [{}, 5] }).steps).toBe(true)
  expect(doubtsOf([finding('load')], { load: 5 }).steps).toBe(true)
  expect(doubtsOf([], { load: [] }).steps).toBe(false)
})

test('a finding concerns what lies in its part; what contains the part has one within', () => {
  const doubts = doubtsOf([finding('steps', 0, 'request')], { steps: [{ request: 5 }, {}] })
  const paths: Path[] = [['steps'], ['steps', 0], ['steps', 0, 'request'], ['steps', 0, 'request', 'json'], ['steps', 1]]
  expect(paths.map((path) => doubts.concerns(path))).toEqual([false, false, true, true, false])
  expect(paths.map((path) => doubts.within(path))).toEqual([true, true, true, false, false])
})
