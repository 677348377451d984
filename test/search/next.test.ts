import { describe, expect, test } from 'vitest'
import { confirmedOf, estimateOf, nextStep } from '../../src/search/next.ts'
import { bracketOf, type SearchPoint } from '../../src/search/points.ts'

const GOAL = { isWhole: true, from: 1, max: 1000, precision: 0.05 }
/** A target that holds `limit` users exactly, and uses so much more the more there are. */
const point = (load: number, isLong = false, limit = 40): SearchPoint => {
  const used = (load / limit) ** 6
  return { load, isLong, seconds: isLong ? 600 : 60, used, holds: used <= 1 }
}
const shorts = (...loads: number[]) => loads.map((load) => point(load))

function run(limit: number, goal = GOAL): SearchPoint[] {
  const points: SearchPoint[] = []
  for (let step = nextStep(points, goal); step.kind === 'measure'; step = nextStep(points, goal))
    points.push(point(step.load, step.isLong, limit))
  return points
}

describe('the next step', () => {
  test.each([
    ['begins where it is said', [], 1],
    ['doubles what holds', shorts(1, 2), 4],
    ['goes no higher than the highest load', [point(512, false, 2000)], 1000],
    ['halves the gap as a ratio', shorts(32, 64), 45],
    ['goes down when the first load does not hold', shorts(100), 50],
  ])('%s', (_, points, load) => {
    expect(nextStep(points, GOAL)).toEqual({ kind: 'measure', load, isLong: false })
  })

  test('measures long at the limit once the gap is twice the precision', () => {
    expect(nextStep(shorts(32, 64, 45, 38, 41), GOAL)).toEqual({ kind: 'measure', load: 40, isLong: true })
  })

  test('confirms the highest load when even that holds, and ends', () => {
    expect(nextStep([point(1000, false, 2000)], GOAL)).toMatchObject({ load: 1000, isLong: true })
    expect(nextStep([point(1000, false, 2000), point(1000, true, 2000)], GOAL)).toEqual({
      kind: 'done',
      why: 'max',
    })
  })

  test('is sure before it says that not even one user is held', () => {
    const none = [point(1, false, 0.5)]
    expect(nextStep(none, GOAL)).toEqual({ kind: 'measure', load: 1, isLong: true })
    expect(nextStep([...none, point(1, true, 0.5)], GOAL)).toEqual({ kind: 'done', why: 'below' })
  })

  test('rates have four digits', () => {
    const between = nextStep(shorts(32, 64), { ...GOAL, isWhole: false })
    expect(between).toEqual({ kind: 'measure', load: 45.25, isLong: false })
  })

  test.each([1, 2, 3, 7, 40, 333, 999, 1000, 5000])(
    'a search of a target that holds exactly %i users ends with them',
    (limit) => {
      const points = run(limit)
      const confirmed = confirmedOf(points) ?? 0
      expect(confirmed).toBeGreaterThanOrEqual(Math.min(1000, Math.floor(limit * 0.95)))
      expect(confirmed).toBeLessThanOrEqual(limit)
      expect(points.length).toBeLessThan(32)
    },
  )

  test('a search of rates ends within the precision', () => {
    const points = run(123.4, { ...GOAL, isWhole: false })
    expect(estimateOf(points)?.load).toBeCloseTo(123.4, 0)
    expect(confirmedOf(points)).toBeGreaterThan(123.4 * 0.95)
  })

  test('a load that failed by chance is overruled by longer measurements above it', () => {
    const unlucky = { ...point(4), holds: false, used: 1.1 }
    expect(bracketOf([...shorts(1, 2), unlucky])).toEqual({ low: 2, high: 4 })
    expect(bracketOf([...shorts(1, 2), unlucky, point(5, true)])).toEqual({ low: 5, high: Number.POSITIVE_INFINITY })
  })
})

test('a load counts as confirmed only by a long measurement, and not when another one at it failed', () => {
  expect(confirmedOf(shorts(20, 38, 42))).toBeUndefined()
  expect(confirmedOf([...shorts(20, 38, 42), point(38, true)])).toBe(38)
  expect(confirmedOf([...shorts(20, 42), point(36, true), point(38, true), { ...point(38, true), holds: false }])).toBe(36)
})

test('points that scatter widely give a wide interval, points on one curve none', () => {
  const exact = [...shorts(32, 36, 44), point(40, true), point(40, true)]
  const scattered = [...exact.slice(0, 3), { ...point(40, true), used: 0.5 }, { ...point(40, true), used: 1.5, holds: false }]
  const width = (points: readonly SearchPoint[]) => {
    const { load = 0, low = 0, high = 0 } = estimateOf(points) ?? {}
    return (high - low) / load
  }
  expect(width(exact)).toBeLessThan(0.03)
  expect(width(scattered)).toBeGreaterThan(0.2)
})
