/** A bucket that fills at a rate. */
import { expect, test } from 'vitest'
import { Bucket } from '../../../../src/engine/user/limits/bucket.ts'

test('a million places later the moments are still exact', () => {
  const bucket = new Bucket({ perSecond: 8, burst: 1 }, 0)
  for (let i = 0; i < 1_000_000; i += 1) bucket.take(1, Math.max(0, bucket.readyAt(1)))
  expect(bucket.readyAt(1)).toBe(125 * 1_000_000)
})
