/** The stop rule `saturated`: the target handles less load than arrives, so that attempts in flight and latency keep growing. */
import { type Slope, slopeOf } from '../../statistics/slope.ts'
import { Histogram, type SparseHistogram } from '../histogram/histogram.ts'

/** Length in ms of the batches into which seconds are joined. Neighbouring seconds are alike, which would make every slope look certain. */
const BATCH_MS = 10_000
/** Largest number of the latest batches that are compared; `LEAST_BATCHES` is the smallest. */
const MOST_BATCHES = 12
const LEAST_BATCHES = 5
/** Number of tests in a row in which both values must grow, because a queue near its limit rises and falls by itself. */
const IN_A_ROW = 6

/**
 * The state of the target when the rule `stopWhen: saturated` was met: the attempts in flight and the latency over the last ten seconds, and how
 * fast each of the two grows per second, with the lower end of the 95 % confidence interval.
 */
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
 * Detects during a run that the target is saturated: over the last two minutes (or less, but at least 50 s), attempts in flight and latency both rise
 * (with 95 % certainty), and the latency is above a limit. Six tests in a row, ten seconds apart, must agree. A single test, as in GuideLLM, would
 * sooner or later call even a queue at 80 % of its capacity saturated.
 */
export class SaturationTest {
  private readonly aboveMs: number
  private batches: Batch[] = []
  private readonly latency = new Histogram('ms')
  private lengthMs = 0
  private flights = 0
  private atMs = 0
  private inARow = 0

  /** The rule is never met while the latency is at most `aboveMs` (in ms). */
  constructor(aboveMs: number) {
    this.aboveMs = aboveMs
  }

  /** Forgets all batches, because a phase with another load begins. */
  reset(): void {
    this.batches = []
    this.inARow = 0
    this.emptyBatch()
  }

  /**
   * Adds a second: its length, the mean number of attempts in flight (waiting ones included), and the latencies of those that ended. Returns the
   * figures when the rule is met.
   */
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
