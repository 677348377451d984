/** What the selftest says of this machine is what the proofs of latencies say: first tokens within 4 ms, gaps within 1 ms. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { levelAt } from '../../src/cli/selftest/measure.ts'
import { startTarget } from '../../src/cli/selftest/target.ts'
import { onQuietMachine } from '../support/quiet.ts'

test('50 streams a second: first tokens and gaps as the target saw them', { timeout: 120_000 }, async (context) => {
  const target = await startTarget(join(import.meta.dirname, '../../bin/burn.js'))
  try {
    await onQuietMachine(context, async () => {
      const { signal } = new AbortController()
      const { compared, errors } = await levelAt('sse', 1, 50, { target, signal, seconds: 3 })
      expect(compared).toBe(150)
      const { ttft, itl } = errors
      expect(ttft?.p50).toBeGreaterThan(-0.5)
      expect(ttft?.p50).toBeLessThan(4)
      expect(Math.abs(itl?.p50 ?? Number.NaN)).toBeLessThan(1)
    })
  } finally {
    await target.close()
  }
})
