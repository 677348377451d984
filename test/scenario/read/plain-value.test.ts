import { expect, test } from 'vitest'
import { plainValue } from '../../../src/scenario/read/plain-value.ts'
import type { SourceNode } from '../../../src/scenario/read/source/source.ts'

const SPAN = { start: 0, end: 1 }
const scalar = (value: string, reference?: 'whole' | 'unknown'): SourceNode => ({
  kind: 'scalar',
  style: 'plain',
  written: value,
  value,
  replacements: [],
  ...SPAN,
  ...(reference && { reference }),
})
const list = (...items: SourceNode[]): SourceNode => ({ kind: 'list', items, ...SPAN })
const map = (entries: Record<string, SourceNode>): SourceNode => ({
  kind: 'map',
  entries: new Map(Object.entries(entries).map(([key, node]) => [key, { key: SPAN, node }])),
  ...SPAN,
})

test('maps have no prototype that a key could reach', () => {
  const made = plainValue(map({ a: list(scalar('x')), __proto__x: scalar('y') }))
  if (!('value' in made)) throw new Error('expected a value')
  expect(Object.getPrototypeOf(made.value)).toBeNull()
  expect(JSON.stringify(made.value)).toBe('{"a":["x"],"__proto__x":"y"}')
})

test('references are told with their places', () => {
  const made = plainValue(map({ a: list(scalar('1'), scalar('2', 'whole')), b: scalar('', 'unknown') }))
  expect('references' in made && made.references).toEqual([
    { path: ['a', 1], kind: 'whole' },
    { path: ['b'], kind: 'unknown' },
  ])
})

test('what an alias multiplies is bounded, in number and in depth', () => {
  let wide: SourceNode = scalar('x')
  for (let level = 0; level < 6; level += 1) wide = list(...Array.from({ length: 10 }, () => wide))
  expect(plainValue(wide)).toMatchObject({ broken: { code: 'E_TOO_BIG' } })
  let deep: SourceNode = scalar('x')
  for (let level = 0; level < 60; level += 1) deep = list(deep)
  expect(plainValue(deep)).toMatchObject({ broken: { code: 'E_DEPTH', path: Array.from({ length: 50 }, () => 0) } })
})
