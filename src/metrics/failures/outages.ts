/** Finds outages: stretches in which no attempt at a target succeeded. */
import type { Exchange } from '../../exchange.ts'
import type { Result } from '../../result/schema.ts'

/** How many failures of a target in a row make an outage; one or two may be chance. */
const OUTAGE_FAILURES = 3
/** Largest number of outages that are listed. */
const MAX_LISTED = 100

/** An outage of a target: a stretch of failed attempts in a row. Times are in ms of the run's clock. */
interface TargetOutage {
  /** Start of the outage: when its first failed attempt was due, or when the last success before it ended, if that is later. */
  readonly fromAt: number
  /** End of the outage: when the first success after it ended; undefined while there is none. */
  untilAt: number | undefined
  /** When the last failed attempt of the outage ended. */
  lastFailedAt: number
  failures: number
  /** Number of the outage's failed attempts into which a fault was injected. */
  injected: number
  /** Failure class of the first failed attempt of the outage. */
  readonly class: string
}

/** Returns the length of an outage of a target in ms. An outage that has not ended counts until its last failure. */
export const lengthOf = ({ fromAt, untilAt, lastFailedAt }: TargetOutage): number =>
  Math.max(0, (untilAt ?? lastFailedAt) - fromAt)

/**
 * Finds the outages of one target, which are three or more failed attempts in a row. Ignores failures on this machine (`local_…`) and attempts that
 * were cut, because they say nothing about the target.
 */
export class Outages {
  readonly target: string
  /** Number of attempts at the target that were ok or failed. */
  seen = 0
  count = 0
  /** The first 100 outages, in the order in which they began. */
  readonly listed: TargetOutage[] = []
  longest: TargetOutage | undefined
  /** Sum of the lengths of all outages that are over, in ms. */
  private sumMs = 0
  private lastOkAt = Number.NEGATIVE_INFINITY
  /** The failed attempts since the last success, which may become an outage; undefined when there are none. */
  private current: TargetOutage | undefined

  constructor(target: string) {
    this.target = target
  }

  /** Takes the next settled attempt at the target into account. */
  see(exchange: Exchange): void {
    if (exchange.outcome === 'ok') this.succeeded(exchange.endedAt)
    else if (exchange.outcome === 'failed') this.failed(exchange)
  }

  /** Mean length of the outages, in ms; 0 without outages. */
  get meanMs(): number {
    const { sumMs, count, goesOn } = this
    return count === 0 ? 0 : (sumMs + (goesOn ? lengthOf(goesOn) : 0)) / count
  }

  /** The outage that has not ended yet; undefined when there is none. */
  get goesOn(): TargetOutage | undefined {
    return this.current && this.current.failures >= OUTAGE_FAILURES ? this.current : undefined
  }

  /** Returns the outages for the result, with times in ms since `startedAt`; undefined when there were none. */
  read(startedAt: number): NonNullable<Result['outages']>[number] | undefined {
    const { target, count, longest, listed } = this
    if (longest === undefined) return undefined
    const sinceStart = (at: number) => Math.max(0, at - startedAt)
    return {
      ...{ target, count, longestMs: lengthOf(longest), longestFromMs: sinceStart(longest.fromAt) },
      longestFailures: longest.failures,
      listed: listed.map(({ fromAt, untilAt, failures, injected, class: failureClass }) => ({
        fromMs: sinceStart(fromAt),
        untilMs: untilAt === undefined ? null : sinceStart(untilAt),
        ...{ failures, injected, class: failureClass },
      })),
    }
  }

  private succeeded(endedAt: number): void {
    this.seen += 1
    this.lastOkAt = endedAt
    if (this.goesOn) {
      this.goesOn.untilAt = endedAt
      this.sumMs += lengthOf(this.goesOn)
      this.keepLongest(this.goesOn)
    }
    this.current = undefined
  }

  private failed({ intended, endedAt, failure, fault }: Exchange): void {
    const failureClass = failure?.class ?? ''
    if (failureClass.startsWith('local_')) return
    this.seen += 1
    this.current ??= {
      fromAt: Math.max(intended, this.lastOkAt),
      untilAt: undefined,
      lastFailedAt: endedAt,
      failures: 0,
      injected: 0,
      class: failureClass,
    }
    this.current.failures += 1
    if (fault !== undefined) this.current.injected += 1
    this.current.lastFailedAt = endedAt
    if (this.current.failures < OUTAGE_FAILURES) return
    if (this.current.failures === OUTAGE_FAILURES) {
      this.count += 1
      if (this.listed.length < MAX_LISTED) this.listed.push(this.current)
    }
    this.keepLongest(this.current)
  }

  private keepLongest(outage: TargetOutage): void {
    if (this.longest === undefined || lengthOf(outage) > lengthOf(this.longest)) this.longest = outage
  }
}
