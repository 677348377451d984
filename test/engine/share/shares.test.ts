/** Whole runs in shares, in virtual time: what all shares send together is what one run sends. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Share } from '../../../src/statistics/parts/share.ts'
import { dirWith } from '../../data/files.ts'
import { drawn } from '../../support/share.ts'
import { MemoryTarget, runVirtual } from '../../support/virtual.ts'

const COUNTS = [1, 2, 3, 7]
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)
const ROWS = upTo(5000).map((row) => `${row}`)
const text = '{{user.id}} {{iteration.index}} {{row.n}} {{randomInt 0 1000000}}'

/** One request as the target got it: when, in µs since the start of the load, from whom, in which iteration, with which row and drawn number. */
type Got = readonly [atUs: number, user: number, iteration: number, row: number, drawn: number]

/** Runs a load against a target that always takes the same time, and returns all that it got. */
async function got(load: readonly object[], share?: Share): Promise<Got[]> {
  const target = new MemoryTarget({ reply: () => ({ headMs: 7, pieces: [[3, 'a']] }) })
  const { result } = await runVirtual(
    {
      name: 'shared',
      target: { url: target.url, protocol: 'memory' as never },
      data: { row: { file: 'rows.csv', pick: 'unique' } },
      load: load as never,
      steps: [
        { request: { say: text } as never, name: 'ask' },
        { delay: '1ms..90ms' },
        { request: { say: text } as never, name: 'more' },
      ],
    },
    { baseDir: dirWith({ 'rows.csv': ['n', ...ROWS].join('\n') }), check: false, ...(share && { share }) },
  )
  return target.requests.map(({ at, body }) => {
    const [user = 0, iteration = 0, row = 0, number = 0] = String(body).split(' ').map(Number)
    return [Math.round((at - (result.startTime - Date.UTC(2026, 0, 1))) * 1000), user, iteration, row, number]
  })
}

/** What a run of all shares sends, in the order of time. */
async function inShares(load: readonly object[], count: number): Promise<Got[]> {
  const all: Got[] = []
  for (const index of upTo(count)) {
    const own = await got(load, { index, count })
    // A phase of iterations with fewer users than shares goes to the first ones; numbers stay those of the share.
    expect(own.filter(([, user, iteration]) => user % count !== index || iteration % count !== index)).toEqual([])
    all.push(...own)
  }
  return all
}

const sorted = <T>(rows: readonly T[]): T[] => rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

const size = (min: number, max: number) => fc.integer({ min, max })
const ms = (min: number, max: number) => size(min, max).map((value) => `${value}ms`)
const rate = size(2, 90).map((value) => `${value}/s`)
const arrivals = fc.constantFrom('constant', 'poisson', { gamma: { shape: 0.4 } })
const OPEN = fc.oneof(
  fc.record({ rate, for: ms(100, 900), arrivals }),
  fc.record({ rate: fc.record({ from: rate, to: rate }), for: ms(100, 900), arrivals }),
  fc.record({ rate: fc.record({ from: rate, step: rate, to: fc.constant('120/s'), every: fc.constant('70ms') }), arrivals }),
  fc.record({ rate: fc.constant({ mean: '50/s', amplitude: '40/s', period: '200ms' }), for: ms(100, 900), arrivals }),
  fc.record({ rate: fc.constant({ base: '4/s', burst: '90/s', every: '100ms', for: '30ms' }), for: ms(300, 900), arrivals }),
)
const pace = fc.option(rate, { nil: undefined }).map((value) => (value === undefined ? {} : { pace: value }))
const paced = (phase: fc.Arbitrary<object>) => fc.tuple(phase, pace).map(([fields, more]) => ({ ...fields, ...more }))
const CLOSED = fc.oneof(
  paced(fc.record({ users: size(1, 9), for: ms(100, 500) })),
  paced(fc.record({ users: fc.record({ from: size(0, 3), to: size(3, 9) }), for: ms(100, 900) })),
  paced(fc.record({ users: fc.record({ from: size(1, 3), step: size(1, 3), to: fc.constant(9), every: fc.constant('80ms') }) })),
  paced(fc.record({ iterationsPerUser: size(1, 5), users: size(1, 9) })),
)

describe.each(COUNTS)('%i shares', (count) => {
  test('send what an open load sends, at the same times and with the same rows, over all phases', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(OPEN, { minLength: 1, maxLength: 3 }), async (load) => {
        // Which user is free for an arrival is decided by the replies, and with it how long it thinks.
        const first = (rows: readonly Got[]) => new Map(rows.toReversed().map((row) => [row[2], row])).values()
        const planned = (rows: readonly Got[]) =>
          sorted(Array.from(first(rows), ([at, , iteration, row]) => [at, iteration, row]))
        expect(planned(await inShares(load, count))).toEqual(planned(await got(load)))
      }),
      { numRuns: drawn(30) },
    )
  })

  test('send what the users of a closed load send, at the same times and with the same drawn numbers', async () => {
    await fc.assert(
      fc.asyncProperty(CLOSED, async (phase) => {
        // Rows go to iterations in the order in which these start: no two shares use the same one.
        const byUser = (rows: readonly Got[]) => sorted(rows.map(([at, user, , , number]) => [at, user, number]))
        const parts = await inShares([phase], count)
        expect(byUser(parts)).toEqual(byUser(await got([phase])))
        const rows = new Map(parts.map(([, , iteration, row]) => [iteration, row]))
        expect(new Set(rows.values()).size).toBe(rows.size)
      }),
      { numRuns: drawn(30) },
    )
  })

  test('make the iterations that all users make together, each once', async () => {
    await fc.assert(
      fc.asyncProperty(size(1, 60), size(7, 12), async (iterations, users) => {
        const numbers = (rows: readonly Got[]) => sorted(rows.map(([, , iteration, row]) => [iteration, row]))
        const load = [{ iterations, users }]
        expect(numbers(await inShares(load, count))).toEqual(numbers(await got(load)))
      }),
      { numRuns: drawn(20) },
    )
  })
})

test('a share without work is a valid, empty run', async () => {
  for (const load of [
    [{ users: 1, for: '1s' }],
    [{ iterations: 1, users: 1 }],
    [{ iterationsPerUser: 2, users: 1 }],
    [{ rate: '1/s', for: '1s' }],
  ])
    expect(await got(load, { index: 2, count: 3 })).toEqual([])
})

describe.each([3, 4, 7])('%i shares of a load with a phase that has fewer users', (count) => {
  const OTHERS = { rate: '60/s', for: '500ms' }
  test.each<[string, object]>([
    ['iterations', { iterations: 11, users: 2 }],
    ['iterations of each user', { iterationsPerUser: 4, users: 2 }],
    ['arrivals', { rate: '40/s', for: '1s', maxUsers: 2 }],
  ])('%s: each is made once, with a number and a row that no other has', async (_, few) => {
    const load = [few, OTHERS, { iterations: 30, users: 12 }]
    const first = (rows: readonly Got[]) => [...new Map(rows.toReversed().map((row) => [row[2], row])).values()]
    const [whole, parts] = [first(await got(load)), first(await inShares(load, count))]
    expect(parts).toHaveLength(whole.length)
    // What the processes without users leave out stays a gap in the numbers.
    expect(new Set(parts.map(([, , , row]) => row)).size).toBe(parts.length)
    expect(parts.map(([, , iteration, row]) => row - iteration)).toEqual(parts.map(() => 0))
    const most = (rows: readonly Got[]) => Math.max(...rows.map(([, , iteration]) => iteration))
    expect(most(whole)).toBe(whole.length - 1)
    expect(most(parts)).toBeGreaterThan(parts.length - 1)
  })
})
