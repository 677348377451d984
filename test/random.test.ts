import { describe, expect, test } from 'vitest'
import { createRandom } from '../src/random.ts'

const sample = (count: number, draw: () => number) => Array.from({ length: count }, draw)
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const deviation = (values: readonly number[]) => {
  const middle = mean(values)
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)))
}

/** Chi-square against equal counts; for `bins` - 1 degrees of freedom its mean is bins - 1. */
function chiSquare(counts: readonly number[], total: number): number {
  const expected = total / counts.length
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

describe('streams', () => {
  test('the numbers of a seed never change between versions', () => {
    const random = createRandom('burn', 'user', 7)
    expect([random.word(), random.word(), random.int(1, 1000), random.uuid()]).toMatchInlineSnapshot(`
      [
        335122459,
        2560174451,
        481,
        "5afd1833-f3e7-4bf0-9b42-fa12e2c8ed79",
      ]
    `)
  })

  test('the same path gives the same stream, whatever else was drawn', () => {
    createRandom(1, 'user', 6).next()
    expect(sample(5, () => 0).map(() => createRandom(1, 'user', 7).next())).toEqual(
      sample(5, () => createRandom(1, 'user', 7).next()),
    )
  })

  test('a number and its text are one seed', () => {
    expect(createRandom('42', 'a', '7').next()).toBe(createRandom(42, 'a', 7).next())
  })

  test.each([
    [
      ['ab', 'c'],
      ['a', 'bc'],
    ],
    [
      ['a', 1],
      ['a', 11],
    ],
    [['a'], ['a', '']],
    [['a/b'], ['a', 'b']],
    [['1:a'], ['a']],
  ])('paths %j and %j differ', (left, right) => {
    expect(createRandom(1, ...left).next()).not.toBe(createRandom(1, ...right).next())
  })

  test('first numbers of neighbouring users are evenly spread', () => {
    const counts = new Array<number>(64).fill(0)
    for (let user = 0; user < 6400; user += 1) counts[createRandom(3, 'user', user).int(0, 63)]! += 1
    expect(chiSquare(counts, 6400)).toBeLessThan(104) // p = 0.001 at 63 degrees of freedom
  })

  test('neighbouring users are not correlated', () => {
    const [left, right] = [createRandom(1, 'user', 1), createRandom(1, 'user', 2)]
    const products = sample(20_000, () => (left.next() - 0.5) * (right.next() - 0.5))
    expect(Math.abs(mean(products) * 12)).toBeLessThan(0.03)
  })
})

describe('distributions', () => {
  const count = 100_000

  test('next is uniform in [0, 1)', () => {
    const random = createRandom('uniform')
    const values = sample(count, () => random.next())
    const counts = new Array<number>(100).fill(0)
    for (const value of values) counts[Math.floor(value * 100)]! += 1
    expect(Math.min(...values.slice(0, 50_000))).toBeGreaterThanOrEqual(0)
    expect(counts).toHaveLength(100) // a value of 1 would have made a bin of its own
    expect(chiSquare(counts, count)).toBeLessThan(149) // p = 0.001 at 99 degrees of freedom
  })

  test('successive numbers fill the square', () => {
    const random = createRandom('pairs')
    const counts = new Array<number>(256).fill(0)
    for (let n = 0; n < count; n += 1) counts[random.int(0, 15) * 16 + random.int(0, 15)]! += 1
    expect(chiSquare(counts, count)).toBeLessThan(331) // p = 0.001 at 255 degrees of freedom
  })

  test('exponential has its mean, its spread and its median', () => {
    const random = createRandom('exponential')
    const values = sample(count, () => random.exponential(20)).sort((a, b) => a - b)
    expect(mean(values)).toBeCloseTo(20, 0)
    expect(deviation(values)).toBeGreaterThan(19.6)
    expect(deviation(values)).toBeLessThan(20.4)
    expect(values[count / 2]! / 20).toBeCloseTo(Math.LN2, 1)
    expect(values[0]!).toBeGreaterThanOrEqual(0)
  })

  test('normal has its mean and its spread', () => {
    const random = createRandom('normal')
    const values = sample(count, () => random.normal(100, 15))
    expect(mean(values)).toBeGreaterThan(99.8)
    expect(mean(values)).toBeLessThan(100.2)
    expect(deviation(values)).toBeGreaterThan(14.8)
    expect(deviation(values)).toBeLessThan(15.2)
    expect(values.filter((value) => Math.abs(value - 100) < 15).length / count).toBeCloseTo(0.683, 2)
  })

  test.each([0.25, 1, 3, 50])('gamma of shape %d has its mean and its deviation', (shape) => {
    const random = createRandom('gamma', shape)
    const values = sample(count, () => random.gamma(shape, 20))
    const expected = 20 / Math.sqrt(shape)
    // Four standard errors of each; the deviation of a gamma distribution has an excess kurtosis of 6 / shape.
    expect(Math.abs(mean(values) - 20)).toBeLessThan((4 * expected) / Math.sqrt(count))
    expect(Math.abs(deviation(values) / expected - 1)).toBeLessThan(4 * Math.sqrt((2 + 6 / shape) / count / 4))
  })

  test('int takes both ends, and every number between them', () => {
    const random = createRandom('int')
    expect(new Set(sample(200, () => random.int(-2, 2)))).toEqual(new Set([-2, -1, 0, 1, 2]))
    expect(random.int(5, 5)).toBe(5)
  })

  test.each([
    [2, 1],
    [0.5, 2],
    [0, Number.NaN],
    [0, 2 ** 60],
  ])('int(%d, %d) is refused', (min, max) => {
    expect(() => createRandom(1).int(min, max)).toThrow(RangeError)
  })
})

test('uuid has the form of version 4 and does not repeat', () => {
  const random = createRandom('uuid')
  const ids = Array.from({ length: 1000 }, () => random.uuid())
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(new Set(ids).size).toBe(1000)
})

test('pick, bytes and hex', () => {
  const random = createRandom('pick')
  expect(new Set(Array.from({ length: 50 }, () => random.pick(['a', 'b'])))).toEqual(new Set(['a', 'b']))
  expect(() => random.pick([])).toThrow('nothing to pick')
  expect(random.bytes(5)).toHaveLength(5)
  expect(random.hex(8)).toMatch(/^[0-9a-f]{16}$/)
})
