/** The drawn scenarios that come after those of test/simulator, up to ten thousand. */
import { test } from 'vitest'
import { checkRange } from '../simulator/check.ts'

const STARTS = Array.from({ length: 19 }, (_, i) => (i + 1) * 500)

test.each(STARTS)('what must hold of every scenario holds of five hundred from seed %i on', { timeout: 300_000 }, (from) =>
  checkRange(from, from + 500),
)
