/** Adds up what a run costs. Replies that fail a check or are cut off cost money as well. */
import type { Exchange } from '../../exchange.ts'
import { Histogram } from '../histogram/histogram.ts'
import type { IterationOutcome } from './iterations.ts'

/** Number of parts into which a unit of money is divided: amounts are counted in whole parts. */
const PARTS = 1e12

/**
 * A sum of money without rounding errors: a million times 0.1 is exactly 100,000. Whole units and fractions (in steps of 1e-12) are added up as
 * integers.
 */
export class Money {
  private units = 0
  private parts = 0

  /** Adds an amount of 0 or more. */
  add(amount: number): void {
    const units = Math.trunc(amount)
    this.units += units
    this.parts += Math.round((amount - units) * PARTS)
    if (this.parts < PARTS) return
    this.parts -= PARTS
    this.units += 1
  }

  get value(): number {
    return this.units + this.parts / PARTS
  }
}

/** Adds up the costs of a run's attempts, by outcome and by iteration. It is only used when targets have prices. */
export class CostRecorder {
  /** Cost of all calls in measured phases with a known price; `failed` and `cut` are the costs of those that failed or were cut off. */
  readonly total = new Money()
  readonly failed = new Money()
  readonly cut = new Money()
  /** Cost of warm-ups, setup and teardown, which has to be paid but is in no total. */
  readonly outside = new Money()
  /** Number of calls in measured phases that have to be paid for, because they were answered. */
  calls = 0
  /** Number of paid calls in measured phases whose cost is not known: they have no token counts, or their target no prices. */
  unpriced = 0
  /** Sum of the costs of all ended iterations with known prices; `perSession` is the distribution of the cost of each. */
  readonly sessions = new Money()
  readonly perSession = new Histogram('currency')
  /** Number of ended iterations with a call of unknown price. */
  sessionsUnpriced = 0
  /** Cost so far of each iteration under way, by its number; NaN once a price in it is unknown. */
  private readonly underWay = new Map<number, number>()

  /**
   * Adds the cost of a settled attempt, which may be unknown. `iteration` is undefined for an attempt outside of the totals: a warm-up, setup or
   * teardown.
   */
  add({ cost, usage, frames, outcome }: Exchange, iteration: number | undefined): void {
    // A refused call, or one answered only with an error, costs nothing.
    if (cost === undefined && usage === undefined && frames === 0) return
    if (iteration === undefined) {
      this.outside.add(cost ?? 0)
      return
    }
    this.calls += 1
    this.underWay.set(iteration, (this.underWay.get(iteration) ?? 0) + (cost ?? Number.NaN))
    if (cost === undefined) {
      this.unpriced += 1
      return
    }
    this.total.add(cost)
    if (outcome === 'failed') this.failed.add(cost)
    if (outcome === 'cut') this.cut.add(cost)
  }

  /**
   * Ends an iteration and records its cost. Cut-off iterations are left out, because the whole would have cost more; so are those that sent nothing.
   */
  iterationEnded(outcome: IterationOutcome, iteration: number): void {
    const cost = this.underWay.get(iteration) ?? 0
    this.underWay.delete(iteration)
    if (outcome === 'cut' || outcome === 'dropped') return
    if (Number.isNaN(cost)) this.sessionsUnpriced += 1
    else {
      this.perSession.record(cost)
      this.sessions.add(cost)
    }
  }
}
