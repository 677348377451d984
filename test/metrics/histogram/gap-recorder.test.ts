import { describe, expect, test } from 'vitest'
import { gammaProcess, POISSON } from '../../../src/load/timetable/process.ts'
import { GapRecorder } from '../../../src/metrics/histogram/gap-recorder.ts'
import { createRandom } from '../../../src/random.ts'

const N = 20_000
const recorded = (gaps: readonly number[], shareBelow?: (gap: number) => number) => {
  const recorder = new GapRecorder(shareBelow)
  for (const gap of gaps) recorder.add(gap)
  return recorder
}

/** The distance by its definition, from all gaps in order. */
function exactDistance(gaps: readonly number[], shareBelow: (gap: number) => number): number {
  const shares = gaps.map(shareBelow).sort((a, b) => a - b)
  return Math.max(...shares.map((share, i) => Math.max((i + 1) / gaps.length - share, share - i / gaps.length)))
}

describe.each([
  ['poisson', POISSON],
  ['gamma, bursty', gammaProcess(0.25)],
  ['gamma, even', gammaProcess(9)],
])('%s', (name, process) => {
  const random = createRandom('gaps', name)
  const gaps = Array.from({ length: N }, () => process.draw(random))
  const recorder = recorded(gaps, process.shareBelow)

  test('the distance is that of the definition, at most 1/4096 too small', () => {
    const exact = process.shareBelow ? exactDistance(gaps, process.shareBelow) : Number.NaN
    expect(recorder.distance).toBeLessThanOrEqual(exact + 1e-12)
    expect(recorder.distance).toBeGreaterThan(exact - 1 / 4096)
  })

  test('its own gaps are within the critical distance, and vary as planned', () => {
    expect(recorder.critical).toBeCloseTo(1.628 / Math.sqrt(N), 12)
    expect(recorder.distance).toBeLessThan(recorder.critical ?? 0)
    expect(Math.abs((recorder.variation ?? 0) / process.variation - 1)).toBeLessThan(0.05)
  })

  test.each([
    ['evenly spaced', () => gaps.map(() => 1)],
    ['another shape', () => gaps.map(() => gammaProcess(2).draw(random))],
    ['uniform', () => gaps.map(() => 2 * random.next())],
    ['a fifth longer', () => gaps.map((gap) => gap * 1.2)],
  ])('gaps that are %s are beyond it', (_, make) => {
    const other = recorded(make(), process.shareBelow)
    expect(other.distance).toBeGreaterThan(other.critical ?? 1)
  })
})

test('constant gaps have no distance; nothing can be said of none, or of one', () => {
  expect(recorded([1, 1, 1])).toMatchObject({ variation: 0, distance: null })
  expect(recorded([0, 2])).toMatchObject({ variation: 1 })
  expect(recorded([1]).variation).toBeNull()
  expect(recorded([], POISSON.shareBelow)).toMatchObject({ distance: null, critical: null, variation: null })
})
