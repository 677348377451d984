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

/** What is counted once for a whole run, and not for each group of attempts: iterations, connections, retries, attempts in flight. */
export class RunCounts {
  readonly connections: ConnectionRecorder
  readonly iterations: IterationCounters = { ...NO_ITERATIONS }
  /** What attempts cost; nothing is added to it in a run without prices. */
  readonly costs = new CostRecorder()
  readonly retries = new RetryRecorder()
  /** Counts of the turns that the setting `conversation.window` left out of requests, those of warm-ups included. */
  readonly trims = new TrimRecorder()
  /** The rate limits that each target reported, in the order of the plan's targets. */
  readonly rateLimits: readonly RateLimitRecorder[]
  /** What each target says of its build, in the same order. */
  readonly builds: readonly ServerBuilds[]
  /** What `rateLimit` of the scenario did, for each target in the order of the plan's. */
  readonly limiters: readonly LimiterRecorder[]
  /** The scores that a judge gave after the load. */
  readonly judge = new JudgeCounts()
  /** What was injected on purpose. */
  readonly injections: InjectionRecorder
  /** When each target gave no success, without warm-ups, setup and teardown; in the order of the plan's. */
  readonly outages: readonly Outages[]
  /** What `circuitBreaker` did, for each target in the order of the plan's. */
  readonly breakers: readonly BreakerRecorder[]
  readonly flights = new InFlight(now())

  /** `targets`: names of the plan's targets; `distributions`: the metrics of connections that have percentiles; `faults`: the kinds of injected ones. */
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
