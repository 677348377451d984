/** One run in virtual time, whole and in shares: the merged shares are the whole, bucket for bucket, and their thresholds come out alike. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mergeResults } from '../../src/merge/merge.ts'
import { misfitOfResult } from '../../src/result/read.ts'
import type { Result, TimelineRow } from '../../src/result/schema.ts'
import type { Share } from '../../src/statistics/parts/share.ts'
import { contradictionIn, contradictionsOf } from '../../src/store/contradictions.ts'
import { drawn } from '../support/share.ts'
import { MemoryTarget, type Reply, runVirtual } from '../support/virtual.ts'

/** A number from 0 to 1 that belongs to a text. */
function hashed(text: string): number {
  let hash = 2166136261
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 16777619)
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32
}

/** What a request comes to is decided by its iteration, whichever share and user sends it. */
function reply({ body }: { readonly body: unknown }): Reply {
  const luck = hashed(String(body))
  const ms = 1 + Math.round(1e6 * luck ** 3) / 1000
  if (luck < 0.02) return { headMs: ms, status: 503, pieces: [[1, 'busy']] }
  if (luck > 0.99) return { headMs: ms, pieces: [[1, 'a']], end: 'lost' }
  return { headMs: ms, pieces: [[3, luck > 0.5 ? 'abc' : 'xyz']] }
}

const LIMITS = [
  'errors ratio < 3%',
  'response_time p95 < 700ms',
  'checks ratio >= 45%',
  'service_time{step=more} p50 < 200ms',
  'rate >= 5/s',
  'failed_iterations ratio < 20%',
]
/** What holds for the samples and is not certain, and what is. */
const CERTAIN = ['response_time p95 < 880ms', 'service_time p50 < 900ms']
const WINDOWED = [
  'response_time p90 < 800ms',
  'errors ratio < 8%',
  'service_time{step=more} max < 900ms',
  'ok count > 3',
  'rate >= 8/s',
]

async function result(load: object, windowMs: number, share?: Share, when = 'false'): Promise<Result> {
  const target = new MemoryTarget({ reply })
  const ask = (name: string) => ({
    request: { say: `${name} {{iteration.index}}` } as never,
    name,
    expect: [{ contains: 'a' }],
  })
  const run = await runVirtual(
    {
      name: 'merged',
      target: { url: target.url, protocol: 'memory' as never },
      load: [load].flat() as never,
      graceful: '5s',
      steps: [ask('open'), { delay: '120ms' }, ask('more'), { if: when, then: [ask('rare')] }],
      thresholds: [
        ...LIMITS,
        ...CERTAIN.map((threshold) => ({ threshold, certain: true })),
        ...WINDOWED.map((threshold) => ({ threshold, window: `${windowMs}ms` })),
      ],
    },
    { check: false, ...(share && { share }) },
  )
  return JSON.parse(JSON.stringify(run.result))
}

async function merged(load: object, windowMs: number, count: number): Promise<Result> {
  const parts: Result[] = []
  for (let index = 0; index < count; index += 1) parts.push(await result(load, windowMs, { index, count }))
  return mergeResults(parts.toReversed())
}

/** What merging promises to the last digit; the most of something at one moment is a sum, and so at most that. */
function exact(run: Result) {
  const {
    total,
    warmup,
    steps,
    phases,
    tags,
    timeline,
    errors,
    thresholds,
    iterations,
    bands,
    blocks,
    verdict,
    exitCode,
    reason,
  } = run
  const { averageLatencyMs, p95LatencyMs, p99LatencyMs, throughputQps, errorRate, windowMs, durationMs, anomalies } = run
  const row = ({ users: _, inFlight: __, peakInFlight: ___, ...rest }: TimelineRow) => rest
  return {
    ...{ total, warmup, steps, tags, thresholds, iterations, bands, blocks, verdict, exitCode, reason, windowMs, durationMs },
    ...{ averageLatencyMs, p95LatencyMs, p99LatencyMs, throughputQps, errorRate, failed: anomalies.failed },
    lag: run.generator.lag,
    timeline: timeline.map(row),
    errors: errors
      .map(({ overTime, onReused: _, ...group }) => ({ ...group, all: overTime?.counts.reduce((sum, count) => sum + count, 0) }))
      .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    phases: phases.map(({ arrivals, ...phase }) => ({
      ...phase,
      ...(arrivals && {
        due: arrivals.due,
        started: arrivals.started,
        deviation: arrivals.deviation,
        planned: arrivals.variation.planned.toFixed(9),
      }),
    })),
  }
}

/** Arrivals at whole ms, which no timer is late for: a timer of another share may wake a part of a ms earlier. */
const EXACT = fc.record({
  rate: fc.constantFrom('8/s', '10/s', '20/s', '25/s', '40/s'),
  for: fc.constantFrom('8s', '9s', '12500ms'),
})
const rate = fc.integer({ min: 8, max: 40 }).map((value) => `${value}/s`)
const DRAWN = fc.oneof(
  fc.record({
    rate,
    for: fc.constantFrom('9s', '12500ms'),
    arrivals: fc.constantFrom('constant', 'poisson', { gamma: { shape: 0.4 } }),
  }),
  fc.record({ rate: fc.record({ from: rate, to: rate }), for: fc.constantFrom('8s', '11s') }),
)
const WINDOWS = fc.constantFrom(1000, 3000, 60_000)

/** A value with its numbers rounded: a difference of two moments has other last digits when the run began at another moment. */
function rounded(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, one) => (typeof one === 'number' ? Number(one.toPrecision(12)) : one)))
}

/** What does not depend on parts of a ms. */
function counted({ total, steps, errors, iterations, thresholds, phases, verdict, exitCode, timeline }: Result) {
  return {
    ...{ iterations, verdict, exitCode, errors: errors.map(({ fingerprint, count }) => `${fingerprint} ${count}`).toSorted() },
    groups: [total, ...steps].map(({ counts, counters, distributions }) => [
      counts,
      counters,
      rounded(distributions.service_time ?? null),
    ]),
    thresholds: thresholds.map(({ threshold, state, samples }) => [threshold, state, samples]),
    phases: phases.map(({ load, arrivals }) => [load, arrivals?.due, arrivals?.variation.planned.toFixed(9)]),
    rows: timeline.length,
  }
}

describe.each([2, 3, 7])('%i shares', (count) => {
  test('merged are the run that one process makes', async () => {
    await fc.assert(
      fc.asyncProperty(EXACT, WINDOWS, async (load, windowMs) => {
        const [whole, shares] = [await result(load, windowMs), await merged(load, windowMs, count)]
        expect(exact(shares)).toEqual(exact(whole))
        for (const [i, { inFlight, peakInFlight, users }] of whole.timeline.entries()) {
          const row = shares.timeline[i]
          expect(Math.abs((row?.inFlight ?? 0) - inFlight)).toBeLessThan(1e-3)
          expect(row?.peakInFlight).toBeGreaterThanOrEqual(peakInFlight)
          expect(row?.users).toBe(users)
        }
        expect(shares.thresholds.length).toBeGreaterThan(10)
        expect(shares.shards?.missing).toEqual([])
        expect(misfitOfResult(shares)).toBeUndefined()
        expect(contradictionIn(shares)).toBeUndefined()
      }),
      { numRuns: drawn(5) },
    )
  })

  test('of random arrivals count what one process counts, and their thresholds come out alike', async () => {
    await fc.assert(
      fc.asyncProperty(DRAWN, WINDOWS, async (load, windowMs) => {
        expect(counted(await merged(load, windowMs, count))).toEqual(counted(await result(load, windowMs)))
      }),
      { numRuns: drawn(5) },
    )
  })
})

test('the users of a closed load are divided', async () => {
  const shares = await merged({ iterationsPerUser: 5, users: 9 }, 2000, 4)
  expect(shares.total.counts).toMatchObject({ planned: 90, started: 90, cut: 0, dropped: 0 })
  expect(shares.iterations).toMatchObject({ planned: 45, cut: 0 })
  expect(shares.connectionMetrics.maxOpenConnections).toBe(9)
})

test('phases that the shares leave at different times, and a step that one of them never came to, make a result that holds together', async () => {
  const load = [
    { iterations: 9, users: 3 },
    { iterations: 20, users: 3 },
  ]
  const parts: Result[] = []
  for (const index of [0, 1, 2]) parts.push(await result(load, 2000, { index, count: 3 }))
  const whole = mergeResults(parts)
  expect(contradictionIn(whole)).toBeUndefined()
  expect(whole.phases.map(({ counts }) => counts.planned)).toEqual([18, 40])
  expect(whole.notes.filter((note) => note.startsWith('never sent'))).toEqual(['never sent: rare; no iteration came to it'])
  const some: Result[] = []
  for (const index of [0, 1])
    some.push(await result({ iterations: 4, users: 2 }, 2000, { index, count: 2 }, 'iteration.index == 1'))
  const once = mergeResults(some)
  expect(once.notes.filter((note) => note.startsWith('never sent'))).toEqual([])
})

test('shares may be merged in two steps', async () => {
  const load = { rate: '20/s', for: '9s', arrivals: 'poisson' }
  const of = 4
  const all: Result[] = []
  for (let index = 0; index < of; index += 1) all.push(await result(load, 3000, { index, count: of }))
  const halves = [0, 1].map((index) => {
    const own = all.filter((_, i) => i % 2 === index)
    return JSON.parse(JSON.stringify(mergeResults(own, { shard: { index, of: 2 } }))) as Result
  })
  expect(halves.map(({ exitCode, shard }) => [exitCode, shard])).toEqual([
    [0, { index: 0, of: 2 }],
    [0, { index: 1, of: 2 }],
  ])
  expect(exact(mergeResults(halves))).toEqual(exact(mergeResults(all)))
})

test('without one of its shares, the outcome is not valid', async () => {
  const parts = [await result({ rate: '20/s', for: '2s' }, 1000, { index: 0, count: 3 })]
  const { validity, shards, exitCodes } = mergeResults(parts)
  expect(validity.reasons[0]).toMatchObject({ level: 'invalid', code: 'missing_part' })
  expect(validity.reasons[0]?.message).toBe('2 of 3 shards are missing (2/3, 3/3): what they were to send is in no number')
  expect(shards?.missing).toEqual([1, 2])
  expect(exitCodes).toContain(4)
})

test('what is missing of shards with workers has the names of the shards, and a lost worker is said', async () => {
  const shard = { index: 0, of: 3 }
  const first = await result({ rate: '20/s', for: '2s' }, 1000, { index: 0, count: 6 })
  const second = await result({ rate: '20/s', for: '2s' }, 1000, { index: 3, count: 6 })
  const whole = mergeResults([first, second], { shard })
  const missing = 'shards are missing (2/3, 3/3)'
  const ofAll = mergeResults([whole])
  expect(ofAll.validity.reasons[0]?.message).toBe(`2 of 3 ${missing}: what they were to send is in no number`)
  expect(ofAll.shards).toMatchObject({ of: 3, missing: [1, 2] })
  const lost = {
    level: 'invalid',
    code: 'worker_lost',
    message: 'worker 2 of 2: it was ended by SIGKILL',
    hint: 'run again',
  } as const
  const half = mergeResults([first], { shard })
  const { validity } = mergeResults([{ ...half, validity: { state: 'invalid', reasons: [lost] } }])
  expect(validity.reasons.slice(0, 2).map(({ message }) => message)).toEqual([
    'shard 1/3: worker 2 of 2: it was ended by SIGKILL',
    `2 of 3 ${missing}; 1 of 6 parts is missing (4/6): what they were to send is in no number`,
  ])
})

/** The parts of one load, made one after the other: each has a clock of its own, which is that of the whole process. */
async function partsOf(count: number): Promise<Result[]> {
  const parts: Result[] = []
  for (let index = 0; index < count; index += 1) parts.push(await result({ rate: '20/s', for: '9s' }, 1000, { index, count }))
  return parts
}

test('parts that began at moments of their own are no run of one moment', async () => {
  const parts = await partsOf(2)
  const begun = (index: number, atMs: number, lateMs?: number): Result => {
    const { shardData, ...one } = parts[index] as Result
    if (!shardData) throw new Error('a part has data to merge')
    const moved = shardData.parts.map((part) => ({
      ...part,
      startTime: 1e12 + atMs,
      ...(lateMs === undefined ? {} : { lateMs }),
    }))
    return { ...one, shardData: { ...shardData, parts: moved } }
  }
  const foundIn = (...[first, second]: [Result, Result]) =>
    mergeResults([first, second]).validity.reasons.flatMap(({ code, level }) => (code === 'parts_apart' ? [level] : []))
  expect(foundIn(begun(0, 3, 3), begun(1, 1900, 1900))).toEqual([])
  expect(foundIn(begun(0, 3, 3), begun(1, 4000, 4000))).toEqual(['degraded'])
  expect(foundIn(begun(0, 0, 0), begun(1, 5000, 0))).toEqual(['degraded'])
  expect(foundIn(begun(0, 0, 0), begun(1, 60_000, 0))).toEqual(['invalid'])
  expect(foundIn(begun(0, 3000, 0), begun(1, 3000, 3000))).toEqual(['degraded'])
  expect(foundIn(begun(0, 0), begun(1, 60_000, 0))).toEqual(['invalid'])
})

test('a run that began late is as long as its last moment is late, whatever its clock says', async () => {
  const parts = await partsOf(2)
  const [first, second] = parts.map(({ shardData, startTime, ...one }, index): Result => {
    if (!shardData) throw new Error('a part has data to merge')
    // By the wall clock the second one began 28 ms after the first, by the clock that they agreed on 30 ms.
    const lateMs = index * 30 + 500
    return {
      ...one,
      startTime: startTime + index * 28,
      shardData: { ...shardData, parts: shardData.parts.map((part) => ({ ...part, lateMs })) },
    }
  }) as [Result, Result]
  const whole = mergeResults([first, second])
  expect([...contradictionsOf(whole)]).toEqual([])
  expect(whole.durationMs).toBe(second.durationMs + 530)
  expect(whole.startTime).toBe(first.startTime - 502)
  expect(whole.endTime).toBe(Math.round(whole.startTime + whole.durationMs))
})

test('windows are of the time of the run, where a part began late; they move once', async () => {
  const parts = await partsOf(3)
  const late = parts.map(({ shardData, ...one }, index): Result => {
    if (!shardData) throw new Error('a part has data to merge')
    return { ...one, shardData: { ...shardData, parts: shardData.parts.map((part) => ({ ...part, lateMs: index * 1000 })) } }
  })
  const ends = ({ shardData }: Result) =>
    shardData?.thresholds.flatMap(({ intervals }) => (intervals ? [intervals.at(-1)?.toMs] : []))
  const [one, two, three] = late as [Result, Result, Result]
  const again = (list: readonly Result[]) => mergeResults(list, { shard: { index: 0, of: 3 } })
  const own = ends(three) ?? []
  expect(own).toHaveLength(WINDOWED.length)
  const moved = own.map((toMs = 0) => toMs + 2000)
  expect(ends(again([one, two, three]))).toEqual(moved)
  expect(ends(again([again([three, two]), one]))).toEqual(moved)
  expect(ends(again([again([again([three])]), again([two, one])]))).toEqual(moved)
  const rows = ({ timeline }: Result) => timeline.map(({ atMs, started }) => [Math.round(atMs / 1000), started])
  expect(rows(again([again([three, two]), one]))).toEqual(rows(again([one, two, three])))
})
