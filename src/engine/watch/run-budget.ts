/**
 * Implements `budget` of a scenario: the requests, tokens and time that a run may use. Its limit on cost is a threshold, and is not evaluated here.
 */
import { after, LONGEST_TIMER_MS } from '../../clock.ts'
import type { Exchange } from '../../exchange.ts'
import type { BudgetUse } from '../../result/schema.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { formatMs } from '../../text/units.ts'

/** Counts requests, tokens and time against the `budget` of a scenario, and reports when one of them is used up. */
export class RunBudget {
  private readonly planned: Plan['budget']
  private requests = 0
  private tokens = 0
  /** Number of replies with a known number of tokens. */
  private counted = 0
  /** The part of the budget (`requests`, `tokens`, `time`) that ended the run; undefined when none did. */
  private ended: keyof Plan['budget'] | undefined

  constructor(planned: Plan['budget']) {
    this.planned = planned
  }

  /**
   * Takes one request from the budget. Returns false, and takes none, when this request and those in flight could exceed the budget. `inFlight` is
   * the number of requests in flight.
   */
  take(inFlight: number): boolean {
    const { requests = Number.POSITIVE_INFINITY, tokens = Number.POSITIVE_INFINITY } = this.planned
    if (this.requests >= requests) this.ended ??= 'requests'
    const mean = this.counted === 0 ? 0 : this.tokens / this.counted
    // Before the first reply, the tokens of a request are not known and count as 0.
    if (this.tokens + mean * (inFlight + 1) > tokens) this.ended ??= 'tokens'
    if (this.ended !== undefined) return false
    this.requests += 1
    return true
  }

  /** True once a part of the budget has ended the run. */
  get hasEnded(): boolean {
    return this.ended !== undefined
  }

  /** Adds the tokens that a request has used. */
  settled({ usage }: Exchange): void {
    if (!usage || (usage.inputTokens ?? usage.outputTokens) === null) return
    this.tokens += (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0)
    this.counted += 1
  }

  /** Calls `onEnd` when the time of the budget is over; the returned function prevents that. */
  start(onEnd: () => void): () => void {
    const { time } = this.planned
    if (time === undefined) return () => {}
    return after(Math.min(time, LONGEST_TIMER_MS), () => {
      this.ended ??= 'time'
      onEnd()
    })
  }

  /**
   * Describes the part of the budget that ended the run, `ranMs` after its start: "the budget of requests was used up: 100 of 100"; undefined when
   * none did.
   */
  endText(ranMs: number): string | undefined {
    const { ended } = this
    const part = this.read(ranMs).find(({ name }) => name === ended)
    if (!part) return undefined
    const value = (n: number) => (part.name === 'time' ? formatMs(n) : String(n))
    const next = part.name === 'tokens' ? ', and what is in flight or would come next may exceed it' : ''
    return `the budget of ${part.name} was used up: ${value(part.used)} of ${value(part.limit)}${next}`
  }

  /** Returns how much of each part of the budget is used `ranMs` after the start of the load; empty without one. */
  read(ranMs: number): BudgetUse[] {
    const used = { requests: this.requests, tokens: this.tokens, time: Math.min(ranMs, this.planned.time ?? 0) }
    return (['requests', 'tokens', 'time'] as const).flatMap((name) => {
      const limit = this.planned[name]
      return limit === undefined ? [] : [{ name, limit, used: used[name], ended: this.ended === name }]
    })
  }
}
