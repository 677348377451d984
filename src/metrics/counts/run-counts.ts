import { now } from '../../clock.ts'
import { Outages } from '../failures/outages.ts'
import { BreakerRecorder } from './breakers.ts'
import { ConnectionRecorder } from './connections.ts'
import { CostRecorder } from './costs.ts'
import type { Counters } from './counters.ts'
import { InFlight } from './in-flight.ts'
import { InjectionRecorder } from './injections.ts'
import { type IterationCounters, NO_ITERATIONS } from './iterations.ts'
import { JudgeCounts } from './judge-counts.ts'
import { LimiterRecorder } from './limiters.ts'
import { RateLimitRecorder, ServerBuilds } from './rate-limits.ts'
import { RetryRecorder } from './retries.ts'
import { TrimRecorder } from './trims.ts'

/** The counts that exist once for a whole run and not for each step, phase or tag: iterations, connections, costs, retries, attempts in flight. */
export class RunCounts {
  readonly connections: ConnectionRecorder
  readonly iterations: IterationCounters = { ...NO_ITERATIONS }
  /** The cost of attempts; it stays empty in a run without prices. */
  readonly costs = new CostRecorder()
  readonly retries = new RetryRecorder()
  /** Counts of the turns that the setting `conversation.window` left out of requests, warm-ups included. */
  readonly trims = new TrimRecorder()
  /** The rate limits that each target reported, in the order of the plan's targets. */
  readonly rateLimits: readonly RateLimitRecorder[]
  /** The server versions that each target reports, in the order of the plan's targets. */
  readonly builds: readonly ServerBuilds[]
  /** Counts what `rateLimit` did to attempts at each target, in the order of the plan's targets. */
  readonly limiters: readonly LimiterRecorder[]
  /** The scores that a judge gave to replies after the load. */
  readonly judge = new JudgeCounts()
  /** Counts the injected faults by kind. */
  readonly injections: InjectionRecorder
  /** The outages of each target (stretches without a success), in the order of the plan's targets; without warm-ups, setup and teardown. */
  readonly outages: readonly Outages[]
  /** Counts what the circuit breaker of each target did, in the order of the plan's targets. */
  readonly breakers: readonly BreakerRecorder[]
  readonly flights = new InFlight(now())

  /**
   * Makes the counts of a run, all at zero. `targets` are the names of the plan's targets, `distributions` the connection metrics that have
   * percentiles, `faults` the kinds of injected faults.
   */
  constructor(
    targets: readonly string[],
    distributions: ConstructorParameters<typeof ConnectionRecorder>[0],
    faults: readonly string[],
  ) {
    this.connections = new ConnectionRecorder(distributions)
    this.injections = new InjectionRecorder(faults)
    this.rateLimits = targets.map(() => new RateLimitRecorder())
    this.builds = targets.map(() => new ServerBuilds())
    this.outages = targets.map((target) => new Outages(target))
    this.breakers = targets.map(() => new BreakerRecorder())
    this.limiters = targets.map(() => new LimiterRecorder())
  }

  get inFlight(): number {
    return this.flights.count
  }

  /** The counters that exist only for the whole run: those of iterations, connections and the judge. */
  get runCounters(): Pick<
    Counters,
    keyof IterationCounters | keyof ConnectionRecorder['counters'] | keyof JudgeCounts['counters']
  > {
    return { ...this.connections.counters, ...this.iterations, ...this.judge.counters }
  }
}
