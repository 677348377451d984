import { expect, test } from 'vitest'
import { templateOf, totalMessages } from '../../src/templates/template.ts'

const of = (steps: object[], load: object[] = [{ iterations: 1 }]) =>
  templateOf({ category: 'c', ownTarget: false, about: [], comments: {}, scenario: { name: 'n', description: 'd', steps, load } })

test.each<[string, object[], number]>([
  ['messages and requests', [{ message: 'a' }, { request: { path: '/' } }, { delay: '1s' }], 2],
  ['a cut connection is none', [{ message: 'a' }, { request: { disconnect: 'clean' } }], 1],
  [
    'rounds, inside of rounds',
    [{ loop: { times: 3, steps: [{ message: 'a' }, { loop: { times: 2, steps: [{ message: 'b' }] } }] } }],
    9,
  ],
  ['a number of rounds that nobody knows', [{ loop: { times: '{{n}}', steps: [{ message: 'a' }] } }, { message: 'b' }], 1],
  ['a branch counts as taken', [{ if: 'x', then: [{ message: 'a' }, { message: 'b' }], else: [{ message: 'c' }] }], 2],
])('%s', (_, steps, count) => expect(of(steps).messages.perIteration).toBe(count))

test.each<[object[], number | undefined]>([
  [[{ iterations: 5, users: 2 }], 5],
  [[{ iterationsPerUser: 5, users: 2 }, { iterations: 1 }], 11],
  [[{ users: 5, for: '10s' }], undefined],
  [[{ iterations: 5 }, { rate: '1/s', for: '10s' }], undefined],
])('%j has %s iterations', (load, iterations) => {
  const { messages } = of([{ message: 'a' }, { message: 'b' }], load)
  expect(messages.iterations).toBe(iterations)
  expect(totalMessages(messages)).toBe(iterations === undefined ? undefined : 2 * iterations)
})

test('name and summary are those of the scenario', () => expect(of([])).toMatchObject({ name: 'n', summary: 'd', category: 'c' }))
