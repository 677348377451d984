/** The loads that burn is starved under, and whether what it says of them is true. */
import type { Distribution, Result } from '../../../src/result/schema.ts'
import type { Truth } from './target.ts'

/** One kind of load. */
export interface Load {
  readonly name: string
  /** Iterations per second of the timetable; undefined for a closed load. */
  readonly perSecond?: number
  /** The keys of its scenario but `target`, for a load of `seconds`; `bytes` is the size of a reply. */
  scenario(url: string, seconds: number, bytes: number): object
  /** Whether its thresholds hold of what the target saw in `seconds`. */
  holds(truth: Truth, seconds: number): boolean
}

/** Returns the value below which a share of the samples lies; NaN of none. */
function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

const work = (url: string, bytes: number) => ({
  target: { url: `${url}/work?ms=20&bytes=${bytes}` },
  steps: [{ request: { method: 'GET' } }],
})
const chat = (url: string, events = 30) => ({
  target: { preset: 'openai-chat', url: `${url}/stream?events=${events}&gap=20`, model: 'm' },
  steps: [{ message: 'hello' }],
})

/** A chat as users write it first: its rate, its time, and no more. */
export const PLAIN: Load = {
  name: 'a plain chat at 20/s',
  perSecond: 20,
  scenario: (url, seconds) => ({ ...chat(url), load: [{ rate: '20/s', for: `${seconds}s` }] }),
  holds: () => true,
}

/** All loads. */
export const LOADS: readonly Load[] = [
  {
    name: 'closed, service_time p95 <= 100ms',
    scenario: (url, seconds, bytes) => ({
      ...work(url, bytes),
      load: [{ users: 5, for: `${seconds}s` }],
      thresholds: ['service_time p95 <= 100ms'],
    }),
    holds: ({ service }) => quantile(service, 0.95) <= 100,
  },
  {
    name: 'closed, rate >= 150/s',
    scenario: (url, seconds, bytes) => ({
      ...work(url, bytes),
      load: [{ users: 5, for: `${seconds}s` }],
      thresholds: ['rate >= 150/s'],
    }),
    holds: ({ service }, seconds) => service.length / seconds >= 150,
  },
  {
    name: 'open 50/s, response_time p95 <= 100ms',
    perSecond: 50,
    scenario: (url, seconds, bytes) => ({
      ...work(url, bytes),
      load: [{ rate: '50/s', for: `${seconds}s` }],
      thresholds: ['response_time p95 <= 100ms'],
    }),
    holds: ({ service }) => quantile(service, 0.95) <= 100,
  },
  {
    name: 'open 1000/s, no threshold',
    perSecond: 1000,
    scenario: (url, seconds, bytes) => ({ ...work(url, Math.min(bytes, 5000)), load: [{ rate: '1000/s', for: `${seconds}s` }] }),
    holds: () => true,
  },
  {
    name: 'streams, itl p95 <= 60ms',
    scenario: (url, seconds) => ({
      ...chat(url),
      load: [{ users: 5, for: `${seconds}s` }],
      thresholds: ['itl p95 <= 60ms'],
    }),
    holds: ({ gaps }) => quantile(gaps, 0.95) <= 60,
  },
  {
    name: 'streams, itl p50 <= 15ms (untrue)',
    scenario: (url, seconds) => ({
      ...chat(url),
      load: [{ users: 5, for: `${seconds}s` }],
      thresholds: ['itl p50 <= 15ms'],
    }),
    holds: ({ gaps }) => quantile(gaps, 0.5) <= 15,
  },
]

/** How late burn may be without a word: its limit on lag. */
const LIMIT_MS = 10
/** How far a figure may be from the truth: that limit and the way of a packet, in ms, and a share of the figure. */
const TOLERANCE = { ms: LIMIT_MS + 2, share: 0.1 }
/** How late starts may be on average when burn passes at all, in ms: then two arrivals in a hundred come in another second than planned. */
const DELIVERED_MS = 2 * LIMIT_MS + 2
const FIGURES = ['p50', 'p95', 'p99'] as const

/** How one run is judged. `kind` is `true` for a result that says nothing wrong. */
export interface Finding {
  readonly kind: 'true' | 'false pass' | 'false invalid' | 'false fail'
  readonly why: string
}

/**
 * Compares what burn says with what the target saw.
 *
 * - false pass: exit 0, although a threshold does not hold of the truth; a result without any reservation has a figure that differs from it;
 *   a degraded one has a figure that is better than it, or the target did not get the load of the plan in time
 * - false invalid: exit 4, although thresholds and figures were true, and the load came in time
 * - false fail: exit 1, although all thresholds hold of the truth
 */
export function judge(load: Load, seconds: number, result: Result, truth: Truth): Finding {
  const holds = load.holds(truth, seconds)
  const problems = [...figureProblems(result, truth), ...startProblems(load, seconds, truth)]
  const better = problems.filter(({ isBetter }) => isBetter)
  const texts = (found: readonly Problem[]) => found.map(({ text }) => text).join('; ')
  if (result.exitCode === 0) {
    const wrong = result.validity.state === 'ok' ? problems : better
    if (!holds) return { kind: 'false pass', why: 'a threshold does not hold' }
    return wrong.length > 0 ? { kind: 'false pass', why: texts(wrong) } : { kind: 'true', why: texts(problems) }
  }
  if (result.exitCode === 4 && holds && problems.length === 0) return { kind: 'false invalid', why: result.reason }
  if (result.exitCode === 1 && holds) return { kind: 'false fail', why: result.reason }
  return { kind: 'true', why: texts(problems) }
}

interface Problem {
  readonly text: string
  /** Whether burn's word is better than the truth, so that being late is no excuse. */
  readonly isBetter: boolean
}

function figureProblems({ total }: Result, { arrivals, service, gaps }: Truth): Problem[] {
  const counted = total.counts.started === arrivals.length
  const counts = { text: `${total.counts.started} started, ${arrivals.length} came`, isBetter: true }
  return [
    ...(counted ? [] : [counts]),
    ...differences('service_time', total.distributions.service_time, service),
    ...differences('itl', total.distributions.itl, gaps),
  ]
}

/** Percentiles with few samples above them are shown as such, and promise nothing. */
function differences(metric: string, said: Distribution | undefined, samples: readonly number[]): Problem[] {
  if (!said || samples.length === 0) return []
  return FIGURES.filter((name) => !said.fewSamples.includes(name)).flatMap((name) => {
    const [is, was] = [said.percentiles[name] ?? Number.NaN, quantile(samples, Number(name.slice(1)) / 100)]
    const off = is - was
    if (Math.abs(off) <= TOLERANCE.ms + TOLERANCE.share * was) return []
    return [{ text: `${metric} ${name} ${is.toFixed(1)} ms, in truth ${was.toFixed(1)} ms`, isBetter: off < 0 }]
  })
}

/** How late starts came at the target, after the timetable that fits the punctual ones best. */
function startProblems({ perSecond }: Load, seconds: number, { arrivals }: Truth): Problem[] {
  if (perSecond === undefined) return []
  const offsets = arrivals.map((at, i) => at - (i * 1000) / perSecond)
  const punctual = quantile(offsets, 0.05)
  const late = offsets.map((offset) => Math.max(0, offset - punctual))
  const mean = late.reduce((sum, ms) => sum + ms, 0) / Math.max(1, late.length)
  // As for any percentile: ten samples above it, or it is a matter of chance.
  const most = quantile(late, Math.min(0.99, 1 - 10 / late.length))
  const missing = perSecond * seconds - arrivals.length
  return [
    ...(missing > 1 + 0.001 * arrivals.length ? [{ text: `${missing} starts never came`, isBetter: true }] : []),
    ...(most > TOLERANCE.ms
      ? [{ text: `one start in a hundred late by ${most.toFixed(0)} ms at the target`, isBetter: false }]
      : []),
    ...(mean > DELIVERED_MS ? [{ text: `starts late by ${mean.toFixed(0)} ms on average`, isBetter: true }] : []),
  ]
}
