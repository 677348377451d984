/** Requests that are sent again. */
import { expect, test } from 'vitest'
import { drawn } from '../drawn.ts'

test('copies are as many as any that are possible', () => {
  const injections = Array.from({ length: 100 }, (_, seed) => drawn({ duplicate: '1..3', gap: '5ms' }, seed))
  expect(new Set(injections.map((one) => JSON.stringify(one)))).toEqual(
    new Set([[5], [5, 5], [5, 5, 5]].map((gapsMs) => JSON.stringify({ does: 'duplicate', gapsMs }))),
  )
})
