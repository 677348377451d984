/** Nothing is kept per attempt: the heap of a fast, faulty run stays where it is. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { threadMock } from '../engine/targets.ts'

/** Of two steps each. */
const ITERATIONS = 2500
/** Room for a timeline row a second and what a collection leaves behind. 1 KB an attempt would be ten times this. */
const ALLOWED_BYTES = 1.5 * 1024 * 1024

test('the heap of the last third is that of the first', { timeout: 240_000 }, async () => {
  const mock = await threadMock({ firstTokenMs: 0, gapMs: 0, tokens: 4, errorRate: 0.1, resetRate: 0.02, truncateRate: 0.05 })
  const script = join(import.meta.dirname, 'heap-process.ts')
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script, mock.url, String(ITERATIONS)])
  const { samples, attempts, failed } = JSON.parse(stdout) as { samples: number[]; attempts: number; failed: number }
  expect(attempts).toBeGreaterThan(ITERATIONS)
  expect(failed).toBeGreaterThan(500)
  const third = Math.floor(samples.length / 3)
  const least = (from: number) => Math.min(...samples.slice(from, from + third))
  expect(least(2 * third) - least(third / 2)).toBeLessThan(ALLOWED_BYTES)
})
