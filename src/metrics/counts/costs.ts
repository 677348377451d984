/** Adds up what a run costs. Replies that fail a check or are cut off cost money as well. */
import type { Exchange } from '../../exchange.ts'
import { Histogram } from '../histogram/histogram.ts'
import type { IterationOutcome } from './iterations.ts'

/** The smallest part of a unit of money that is counted. */
const PARTS = 1e12

/** A sum of money. Units and their 1e-12 parts are counted apart in whole numbers, so that a million times 0.1 is exactly 100,000. */
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

/** Adds up what the attempts of a run cost, by outcome and by iteration. It is only used in runs whose targets have prices. */
export class CostRecorder {
  /** The priced calls of the measured phases; of these, the ones that failed and the ones that the end of the run cut off. */
  readonly total = new Money()
  readonly failed = new Money()
  readonly cut = new Money()
  /** Warm-ups, setup and teardown, which are paid for and in no total. */
  readonly outside = new Money()
  /** Calls of the measured phases that were answered with something to pay for. */
  calls = 0
  /** Of these, the calls whose price is not known: without token counts, or without prices of their target. */
  unpriced = 0
  /** The iterations that ended, in which every price is known: their sum, and the cost of each. */
  readonly sessions = new Money()
  readonly perSession = new Histogram('currency')
  /** Iterations that ended with calls of unknown price. */
  sessionsUnpriced = 0
  /** The cost so far of the iterations under way, by their number; NaN once a price is not known. */
  private readonly underWay = new Map<number, number>()

  /** Adds a settled attempt, whose cost is known or not. `iteration` is undefined for what is in no total: a warm-up, setup or teardown. */
  add({ cost, usage, frames, outcome }: Exchange, iteration: number | undefined): void {
    // What was refused, or answered with an error alone, is not paid for.
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

  /** Ends an iteration. One that was cut off has no cost of its own: it would have cost more. One that sent nothing is none. */
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
