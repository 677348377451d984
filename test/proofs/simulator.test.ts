/** Nine thousand drawn scenarios beside the thousand of test/simulator. */
import { test } from 'vitest'
import { checkRange } from '../simulator/check.ts'

const THOUSANDS = Array.from({ length: 9 }, (_, i) => (i + 1) * 1000)

test.each(THOUSANDS)('what must hold of every scenario holds of a thousand from seed %i on', { timeout: 300_000 }, (from) =>
  checkRange(from, from + 1000),
)
