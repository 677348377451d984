import { expect, test } from 'vitest'
import { enter, member, type TemplateFrame } from '../../../src/language/template/frame.ts'

const outer: TemplateFrame = {
  context: { a: 1 },
  parent: undefined,
  round: undefined,
  locals: undefined,
  rendering: { scope: {}, random: undefined, wallNow: () => 0, roundsLeft: 1 },
}

test('a block with its own context has the outer one as parent; one with the same has none of its own', () => {
  const inner = enter(outer, { b: 2 })
  expect(inner).toMatchObject({ context: { b: 2 }, parent: outer, rendering: outer.rendering })
  expect(enter(inner, inner.context).parent).toBe(outer)
})

test('names of an inner block lie over those of the outer one; without any, the outer ones stay', () => {
  const first = enter(outer, 1, ['x'])
  expect(first.locals).toEqual({ values: ['x'], outer: undefined })
  expect(enter(first, 2).locals).toBe(first.locals)
  expect(enter(first, 2, ['y']).locals).toEqual({ values: ['y'], outer: first.locals })
})

test.each<[unknown, string, unknown]>([
  [{ a: 1 }, 'a', 1],
  [[5], '0', 5],
  [[5], 'length', 1],
  ['text', 'length', 4],
  [{}, 'constructor', undefined],
  [{}, '__proto__', undefined],
  [null, 'a', undefined],
  [undefined, 'a', undefined],
])('%j has %s: %j', (value, name, expected) => expect(member(value, name)).toBe(expected))
