import { expect, test } from 'vitest'
import { csv, ns, sorted, upTo } from './drawn.ts'
import { dirWith, feeder, take } from './files.ts'

test('a shuffle takes every row of a large table before it takes one again', async () => {
  const dir = dirWith({ 'd.csv': csv(1000) })
  const rows = ns(take(await feeder(dir, { file: 'd.csv', pick: 'shuffle' }), 2000))
  expect(sorted(rows.slice(0, 1000))).toEqual(upTo(1000))
  expect(sorted(rows.slice(1000))).toEqual(upTo(1000))
  expect(rows.slice(0, 1000)).not.toEqual(rows.slice(1000))
  expect(rows.slice(0, 1000)).not.toEqual(upTo(1000))
})
