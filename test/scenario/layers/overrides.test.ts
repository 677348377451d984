import { expect, test } from 'vitest'
import type { Problem } from '../../../src/errors.ts'
import { applyOverrides, namingSource } from '../../../src/scenario/layers/overrides.ts'

const override = (path: (string | number)[], value: unknown, source = 'flag --x') => ({ path, value, source })

test('values are written where they belong, with what is missing on the way', () => {
  const root = { target: { url: 'a' }, load: [{ users: 1 }] }
  applyOverrides(root, [
    override(['target', 'url'], 'b'),
    override(['timeouts', 'total'], '1s'),
    override(['load', 0, 'users'], 5),
    override(['target', 'tls'], { insecure: true }),
  ])
  expect(JSON.parse(JSON.stringify(root))).toEqual({
    target: { url: 'b', tls: { insecure: true } },
    load: [{ users: 5 }],
    timeouts: { total: '1s' },
  })
})

test('no prototype is reached', () => {
  const root: Record<string, unknown> = {}
  applyOverrides(root, [override(['__proto__', 'polluted'], true)])
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  expect(Object.keys(root)).toEqual(['__proto__'])
})

test('a problem is that of the last flag that set its value, or a part of it', () => {
  const problem = { path: 'load.0.users', message: 'too many', frame: 'x', file: 'a', line: 1, column: 1 } as unknown as Problem
  const named = namingSource(problem, [
    override(['load'], [], 'flag -c'),
    override(['load', 0], {}, 'env BURN_C'),
    override(['loader'], 1, 'other'),
  ])
  expect(named).toMatchObject({ source: 'env BURN_C', message: 'env BURN_C: too many', frame: '' })
  expect(namingSource(problem, [override(['load', 0, 'users', 'x'], 1)])).toBe(problem)
})
