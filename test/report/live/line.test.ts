/** The line that stands for the live view in a log. */
import { describe, expect, test } from 'vitest'
import { renderLiveLine } from '../../../src/report/live/line.ts'
import { hostile, view } from './view.ts'

describe('renderLiveLine', () => {
  const at = new Date(2026, 0, 2, 9, 8, 7)

  test('the time of day and what matters most, in 120 columns', () => {
    expect(renderLiveLine(view, at)).toBe(
      '09:08:07 25% | 1,200 ok | 3 failed (0.25%) | 1 dropped | 19.8/s of 20/s planned | p95 1.9s | 3x http_status',
    )
    expect(renderLiveLine({ ...view, failed: 0, dropped: 0, topError: null, warnings: [] }, at)).toBe(
      '09:08:07 25% | 1,200 ok | 19.8/s of 20/s planned | p95 1.9s | in flight 12 | phase 2/3 main',
    )
    expect(renderLiveLine(hostile, at).length).toBeLessThanOrEqual(120)
  })

  test('holds no control character', () => expect(/[\x00-\x1f\x7f-\x9f]/.test(renderLiveLine(hostile, at))).toBe(false))
})
