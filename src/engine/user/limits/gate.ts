/** Makes an attempt wait before it is sent: for the end of a pause after a rate limit, for credentials, and for a place under `rateLimit`. */
import { now } from '../../../clock.ts'
import { isInjected, TargetError } from '../../../errors.ts'
import type { Exchange, Failure } from '../../../exchange.ts'
import type { BreakerRecorder } from '../../../metrics/counts/breakers.ts'
import { LIMIT_CLASS } from '../../../metrics/counts/counters.ts'
import type { LimiterRecorder } from '../../../metrics/counts/limiters.ts'
import type { Plan, PlannedRateLimit } from '../../../scenario/compile/plan.ts'
import type { Woken } from '../../schedule/control.ts'
import type { CircuitBreaker } from './breaker.ts'
import { type Place, RateLimiter } from './rate-limiter.ts'
import type { RunLimits } from './run-limits.ts'

/** The parts of a run that make attempts wait, and the counters for that. */
interface GateRun {
  readonly plan: Pick<Plan, 'targets'>
  readonly recorder: {
    readonly limiters: readonly LimiterRecorder[]
    readonly breakers: readonly BreakerRecorder[]
    readonly rateLimits: readonly { lost(ms: number): void }[]
  }
  readonly limits: RunLimits
}

/** The parts of a user that are needed to make its attempts wait. */
interface GateUser {
  readonly clock: {
    sleepUntil(at: number): Promise<Woken>
    waitFor(thing: Promise<void>, until?: 'cancelled' | 'stopped'): Promise<Woken>
  }
  clientOf(target: number): { ready(): Promise<void> | undefined }
}

/** The result of waiting before an attempt is sent: how long it waited, for which limit, and whether it may be sent at all. */
export interface Waited {
  /** How long the attempt waited for `rateLimit` or a pause that the target asked for, in ms. It is not the generator's lateness. */
  readonly heldMs: number
  /** How long the attempt waited for credentials, in ms. */
  readonly readyMs: number
  readonly woken: Woken
  /** True when the attempt had to wait because the target had reported a rate limit. */
  readonly paused?: boolean
  /** True when the attempt is not to be made, because `rateLimit` was reached and the scenario says that attempts are dropped then. */
  readonly dropped?: boolean
  /** The error with which the attempt fails without being sent: it got no credentials, or `rateLimit` was reached. */
  readonly error?: unknown
}

/** True for an attempt that failed because the scenario's `rateLimit` did not allow it to be sent. */
export const isByLimit = (failure: Failure | undefined): boolean => failure?.class === LIMIT_CLASS

/** How long an attempt was held back, why the wait ended, and whether the target had asked for a pause. */
interface GateWait {
  readonly ms: number
  readonly woken: Woken
  readonly paused: boolean
}

const REFUSED = 'not sent: the rate limit of the scenario was reached (rateLimit, whenFull: error)'
const NO_WAIT: Waited = { heldMs: 0, readyMs: 0, woken: 'due' }

/** The rate limit of a target: its settings, its counters, and the limiter of all users or of this user alone. */
interface GateLimit {
  readonly planned: PlannedRateLimit
  readonly counts: LimiterRecorder
  readonly limiter: RateLimiter
}

/** Makes each attempt of one user wait until rate limits, circuit breakers and pauses that the target asked for allow it to be sent. */
export class Gate {
  private readonly run: GateRun
  private readonly user: GateUser
  private readonly own: RateLimiter[] = []
  /** The circuit breaker of the present attempt's target; `isProbe` is true when the attempt is its probe. */
  private breaker: CircuitBreaker | undefined
  private isProbe = false
  private place: { readonly limit: GateLimit; readonly held: Place } | undefined

  constructor(run: GateRun, user: GateUser) {
    this.run = run
    this.user = user
  }

  /**
   * Lets an attempt wait as long as it has to. Returns at once in the usual case that there is nothing to wait for, otherwise a promise; both say
   * what it waited for.
   */
  enter(step: { readonly target: number }, setupOrTeardown = false): Promise<Waited> | Waited {
    const ready = this.user.clientOf(step.target).ready()
    const until = this.run.limits.quotas.freeAt(step.target)
    // The breaker does not stop setup and teardown: teardown has to remove what setup made.
    this.breaker = setupOrTeardown ? undefined : this.run.limits.breakers[step.target]
    // The clock is read only if a target has asked to wait, to save time.
    if (ready || (until > 0 && until > now()) || this.breaker?.isClosed === false) return this.wait(step.target, ready)
    const limit = this.limitOf(step.target)
    return limit === undefined ? NO_WAIT : this.enterLimit(limit, step.target)
  }

  /** Reports the outcome of an attempt to the circuit breaker, and the tokens that it used to the rate limiter. */
  settled({ outcome, failure, usage }: Exchange): void {
    const { place } = this
    const isOurs = failure?.class.startsWith('local_') === true || isInjected(failure)
    const seen = outcome === 'ok' ? 'ok' : outcome === 'failed' && !isOurs ? 'failed' : 'other'
    this.breaker?.see(seen, this.isProbe)
    this.isProbe = false
    if (!place) return
    this.place = undefined
    settlePlace(place, outcome, usage)
  }

  /**
   * Takes a place under `rateLimit` for the copy of a request, which is sent without waiting. Returns the function to call when the copy has its
   * outcome.
   */
  claim(target: number): (copy: Exchange) => void {
    const limit = this.limitOf(target)
    if (!limit) return ignore
    const place = { limit, held: limit.limiter.claim() }
    limit.counts.granted(0)
    return ({ outcome, usage, sentAt }) => {
      if (Number.isNaN(sentAt)) limit.limiter.leave(place.held)
      else settlePlace(place, outcome, usage)
    }
  }

  /** Gives back the place under `rateLimit` of an attempt that was not sent after all. */
  leave(): void {
    const { place } = this
    if (this.isProbe) this.breaker?.see('other', true)
    this.isProbe = false
    this.place = undefined
    place?.limit.limiter.leave(place.held)
  }

  private limitOf(target: number): GateLimit | undefined {
    const planned = this.run.plan.targets[target]?.rateLimit
    const counts = this.run.recorder.limiters[target]
    if (!planned || !counts) return undefined
    const limiters = planned.scope === 'user' ? this.own : this.run.limits.limiters
    let limiter = limiters[target]
    if (!limiter) {
      limiter = new RateLimiter(planned)
      limiters[target] = limiter
    }
    return { planned, counts, limiter }
  }

  private async wait(target: number, ready: Promise<void> | undefined): Promise<Waited> {
    const held = await this.hold(target)
    const before: Waited = { heldMs: held.ms, readyMs: 0, paused: held.paused, woken: held.woken }
    if (held.woken !== 'due') return before
    const got = ready ? { ...before, ...(await this.untilReady(ready)) } : before
    const limit = this.limitOf(target)
    if (!limit || got.woken !== 'due' || got.error !== undefined) return got
    const entered = await this.enterLimit(limit, target)
    return {
      ...got,
      ...entered,
      heldMs: got.heldMs + entered.heldMs,
      readyMs: got.readyMs,
      paused: before.paused || entered.paused === true,
    }
  }

  /**
   * Waits while a rate limit of the target lasts or its circuit breaker is open. The wait counts as `queue_wait`, not as lateness of the generator.
   */
  private async hold(target: number): Promise<GateWait> {
    const pause = await this.holdForQuota(target)
    if (pause.woken !== 'due' || this.mayGo()) return { ...pause, paused: pause.ms > 0 }
    const from = now()
    let woken: Woken = 'due'
    while (woken === 'due' && !this.mayGo())
      woken = await this.user.clock.waitFor(this.breaker?.change() ?? Promise.resolve(), 'stopped')
    const heldMs = now() - from
    this.run.recorder.breakers[target]?.heldBack(heldMs)
    if (woken !== 'due') return { ms: pause.ms + heldMs, woken, paused: pause.ms > 0 }
    const again = await this.holdForQuota(target)
    return { ms: pause.ms + heldMs + again.ms, woken: again.woken, paused: pause.ms + again.ms > 0 }
  }

  /** Returns whether the circuit breaker allows the attempt: always when it is closed, otherwise as its probe. */
  private mayGo(): boolean {
    const { breaker } = this
    if (!breaker || breaker.isClosed || this.isProbe) return true
    this.isProbe = breaker.tryProbe()
    return this.isProbe
  }

  private async holdForQuota(target: number): Promise<{ ms: number; woken: Woken }> {
    const { quotas } = this.run.limits
    let ms = 0
    for (let from = now(); from < quotas.freeAt(target); from = now()) {
      const until = quotas.freeAt(target)
      const woken = await this.user.clock.sleepUntil(until)
      if (woken !== 'due') return { ms, woken }
      ms += until - from
      this.run.recorder.rateLimits[target]?.lost(until - from)
    }
    return { ms, woken: 'due' }
  }

  /** Waits until credentials have been fetched. An error is returned and not thrown, because it becomes the failure of the attempt. */
  private async untilReady(ready: Promise<void>): Promise<Pick<Waited, 'readyMs' | 'woken' | 'error'>> {
    const from = now()
    try {
      const woken = await this.user.clock.waitFor(ready)
      return { readyMs: now() - from, woken }
    } catch (error) {
      return { error, readyMs: now() - from, woken: 'due' }
    }
  }

  /** Takes a place under `rateLimit`. If none is free, does what the scenario says: wait, drop or fail. */
  private enterLimit(limit: GateLimit, target: number): Waited | Promise<Waited> {
    const { planned, counts, limiter } = limit
    const held = limiter.tryEnter()
    if (held) {
      counts.granted(0)
      this.place = { limit, held }
      return NO_WAIT
    }
    if (planned.whenFull === 'wait') return this.queue(limit, target)
    counts.refused(planned.whenFull)
    return planned.whenFull === 'drop'
      ? { ...NO_WAIT, dropped: true }
      : { ...NO_WAIT, error: new TargetError(LIMIT_CLASS, 'send', REFUSED) }
  }

  /**
   * Waits in the queue of the rate limiter. A place that becomes free while the target asks for a pause is given back; otherwise many attempts would
   * be sent at the end of the pause.
   */
  private async queue(limit: GateLimit, target: number): Promise<Waited> {
    const from = now()
    let wake = () => {}
    const granted = new Promise<void>((resolve) => {
      wake = resolve
    })
    const held = limit.limiter.enter(wake)
    this.place = { limit, held }
    const woken = Number.isNaN(held.grantedAt) ? await this.user.clock.waitFor(granted, 'stopped') : 'due'
    if (woken === 'due' && this.run.limits.quotas.freeAt(target) <= now() && this.mayGo()) {
      limit.counts.granted(held.grantedAt - from)
      return { heldMs: held.grantedAt - from, readyMs: 0, woken }
    }
    this.leave()
    const pause = woken === 'due' ? await this.hold(target) : { ms: 0, woken, paused: false }
    if (pause.woken !== 'due') {
      limit.counts.gaveUp()
      return { ...NO_WAIT, woken: pause.woken }
    }
    const heldMs = held.grantedAt - from + pause.ms
    const again = await this.enterLimit(limit, target)
    return { ...again, heldMs: heldMs + again.heldMs, paused: pause.paused || again.paused === true }
  }
}

/** Reports to the rate limiter how many tokens the request that held a place has used. */
function settlePlace(
  place: { readonly limit: GateLimit; readonly held: Place },
  outcome: Exchange['outcome'],
  usage: Exchange['usage'],
): void {
  const { inputTokens = null, outputTokens = null } = usage ?? {}
  const known = inputTokens === null && outputTokens === null ? undefined : (inputTokens ?? 0) + (outputTokens ?? 0)
  const used = known ?? (outcome === 'ok' ? undefined : 0)
  place.limit.limiter.settled(place.held, used)
  if (used !== undefined) place.limit.counts.tokens(place.held.tokens, used)
}

function ignore(): void {}
