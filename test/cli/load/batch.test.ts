import { expect, test } from 'vitest'
import { perTarget } from '../../../src/cli/load/batch.ts'
import { scenarioSchema } from '../../../src/scenario/schema/schema.ts'

const of = (own: object, chosen?: string[]) => {
  const raw = { name: 'n', steps: [{ message: 'Hi' }], ...own }
  return perTarget(scenarioSchema.parse(raw), raw, chosen).map(({ name, targets }) => [name, Object.keys(targets ?? {})])
}
const targets = { a: { url: 'http://127.0.0.1/a' }, b: { url: 'http://127.0.0.1/b' } }

test('a scenario for each target, or for those that were chosen', () => {
  expect(of({ targets })).toEqual([
    ['n-a', ['a']],
    ['n-b', ['b']],
  ])
  expect(of({ targets }, ['b'])).toEqual([['n-b', ['b']]])
  expect(of({ target: targets.a })).toEqual([['n', []]])
})

test('one whose steps name their targets is one, and no target of it can be chosen', () => {
  const own = {
    targets,
    steps: [
      { message: 'Hi', target: 'a' },
      { message: 'Hi', target: 'b' },
    ],
  }
  expect(of(own)).toEqual([['n', ['a', 'b']]])
  expect(() => of(own, ['a'])).toThrow('the steps of this scenario name their targets themselves')
})

test('a target that is not there has a suggestion', () => {
  expect(() => of({ targets }, ['c'])).toThrow('--target c: there is no such target')
  expect(() => of({ target: targets.a }, ['c'])).toThrow('the scenario has no targets: block')
})
