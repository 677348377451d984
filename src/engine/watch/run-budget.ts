/** The `budget` of a scenario, without money, which is a threshold on cost: the requests, tokens and time that a run may use up. */
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
  /** Replies that said how many tokens they used. */
  private counted = 0
  /** The part of the budget that ended the run; undefined when none did. */
  private ended: keyof Plan['budget'] | undefined

  constructor(planned: Plan['budget']) {
    this.planned = planned
  }

  /** Takes one request out of the budget; false when it, or what is in flight, could exceed it. `inFlight`: requests under way. */
  take(inFlight: number): boolean {
    const { requests = Number.POSITIVE_INFINITY, tokens = Number.POSITIVE_INFINITY } = this.planned
    if (this.requests >= requests) this.ended ??= 'requests'
    const mean = this.counted === 0 ? 0 : this.tokens / this.counted
    // Before the first reply nothing is known of the tokens that a request needs.
    if (this.tokens + mean * (inFlight + 1) > tokens) this.ended ??= 'tokens'
    if (this.ended !== undefined) return false
    this.requests += 1
    return true
  }

  /** True once a part of the budget has ended the run. */
  get hasEnded(): boolean {
    return this.ended !== undefined
  }

  /** Adds what a request has used. */
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

  /** Says which part of the budget ended the run, `ranMs` after its start: "the budget of requests was used up: 100 of 100"; undefined when none did. */
  endText(ranMs: number): string | undefined {
    const { ended } = this
    const part = this.read(ranMs).find(({ name }) => name === ended)
    if (!part) return undefined
    const value = (n: number) => (part.name === 'time' ? formatMs(n) : String(n))
    const next = part.name === 'tokens' ? ', and what is in flight or would come next may exceed it' : ''
    return `the budget of ${part.name} was used up: ${value(part.used)} of ${value(part.limit)}${next}`
  }

  /** Returns how the budget stands `ranMs` after the start of the load; empty without one. */
  read(ranMs: number): BudgetUse[] {
    const used = { requests: this.requests, tokens: this.tokens, time: Math.min(ranMs, this.planned.time ?? 0) }
    return (['requests', 'tokens', 'time'] as const).flatMap((name) => {
      const limit = this.planned[name]
      return limit === undefined ? [] : [{ name, limit, used: used[name], ended: this.ended === name }]
    })
  }
}
