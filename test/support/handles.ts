/** Waits until no more handles are open than before. */
import { expect } from 'vitest'
import { PATIENCE_MS } from './patience.ts'

/**
 * Resolves as soon as `count` gives `most` or less; rejects after PATIENCE_MS. Unlike `vi.waitFor` it starts no timer, because `count` would count
 * that timer as well, and a socket that closes a moment later than others would be taken for one that stays.
 */
export async function untilAtMost(most: number, count: () => number): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  while (count() > most && performance.now() < until) await new Promise((resolve) => setImmediate(resolve))
  expect(count()).toBeLessThanOrEqual(most)
}
