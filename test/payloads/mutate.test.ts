import { describe, expect, test } from 'vitest'
import { compilePayload, payloadSchema } from '../../src/payloads/index.ts'
import { createRandom } from '../../src/random.ts'
import { type Input, series, WALL } from './bodies.ts'

describe('mutations', () => {
  const custom = { items: [{ y: 1 }, { y: 2 }], n: 5, yes: true, text: 'a', deep: { old: 'v' } }
  const mutated = (mutations: Input['mutations']) => {
    const missed: string[] = []
    const payload = compilePayload(payloadSchema.parse({ types: ['CUSTOM'], custom, mutations }))
    const context = { random: createRandom('m'), wallNowMs: WALL, uptimeMs: 0, index: 0, scope: {} }
    return { made: payload.make({ ...context, onMissed: () => missed.push('x') }), missed: missed.length }
  }

  test.each<[NonNullable<Input['mutations']>[number], object]>([
    [
      { type: 'add', path: 'extra', value: 'x' },
      { ...custom, extra: 'x' },
    ],
    [
      { type: 'add', path: '$.deep.more' },
      { ...custom, deep: { old: 'v', more: 'unexpected' } },
    ],
    [
      { type: 'add', path: 'items[2]', value: 3 },
      { ...custom, items: [{ y: 1 }, { y: 2 }, 3] },
    ],
    [
      { type: 'remove', path: 'items[0].y' },
      { ...custom, items: [{}, { y: 2 }] },
    ],
    [
      { type: 'remove', path: 'items.1' },
      { ...custom, items: [{ y: 1 }] },
    ],
    [
      { type: 'change', path: 'n' },
      { ...custom, n: '5' },
    ],
    [
      { type: 'change', path: 'yes' },
      { ...custom, yes: 'true' },
    ],
    [
      { type: 'change', path: 'text' },
      { ...custom, text: { value: 'a' } },
    ],
    [
      { type: 'change', path: 'items[1].y', value: null },
      { ...custom, items: [{ y: 1 }, { y: null }] },
    ],
    [
      { type: 'rename', path: 'deep.old', value: 'new' },
      { ...custom, deep: { new: 'v' } },
    ],
  ])('%j', (mutation, expected) => {
    expect(mutated([mutation])).toEqual({ made: expected, missed: 0 })
  })

  test.each([
    ['add', 'nothing.here'],
    ['add', 'items[7]'],
    ['add', 'items[0].y.z'],
    ['remove', 'deep.gone'],
    ['change', 'items[5]'],
    ['rename', 'gone'],
    ['rename', 'items[0]'],
  ] as const)('%s at %s, which is not there, changes nothing and is told', (type, path) => {
    expect(mutated([{ type, path }])).toEqual({ made: custom, missed: 1 })
  })

  test('one after the other, each on what the ones before it left', () => {
    const { made } = mutated([
      { type: 'rename', path: 'n', value: 'm' },
      { type: 'change', path: 'm' },
    ])
    expect(made).toMatchObject({ m: '5' })
  })

  test('no message changes the next one', () => {
    const all = series({ types: ['CUSTOM'], custom, mutations: [{ type: 'remove', path: 'items[0]' }] }, 3)
    expect(all.map((one) => (one.items as unknown[]).length)).toEqual([1, 1, 1])
  })
})
