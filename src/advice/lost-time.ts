import type { Result } from '../result/schema.ts'
import { formatMs } from '../text/units.ts'
import type { Advice } from './rule.ts'

/** The share of the users' time (0.1 is 10 %) that must be lost to limits before advice is given. */
const NOTABLE = 0.1

/** How long all users together waited for limits of each kind, in ms. */
interface LostTime {
  /** How long users waited because of the scenario's own `rateLimit`, in ms. */
  readonly own: number
  /** How long users waited because the target refused attempts by its rate limit, in ms: pauses, and waits before retries. */
  readonly target: number
  /** How long users waited because a `circuitBreaker` of the scenario was open, in ms. */
  readonly breaker: number
  /** The time of all users of the run together, waiting included, in ms. */
  readonly busy: number
}

function lostTime({ target, timeline }: Result): LostTime {
  const sum = (of: (one: Result['target'][number]) => number) => target.reduce((all, one) => all + of(one), 0)
  return {
    own: sum(({ limiter }) => (limiter?.waitTime?.mean ?? 0) * (limiter?.waitTime?.count ?? 0)),
    target: sum(({ rateLimits }) => rateLimits?.lostMs ?? 0),
    breaker: sum(({ breaker }) => breaker?.heldMs ?? 0),
    busy: timeline.reduce((all, { users, lengthMs }) => all + users * lengthMs, 0),
  }
}

/**
 * True when users spent at least a tenth of their time waiting: for the scenario's `rateLimit` or `circuitBreaker`, or for the rate limit of a
 * target that refused attempts.
 */
export function waitsForLimits(result: Result): boolean {
  const { own, target, breaker, busy } = lostTime(result)
  return own + target + breaker >= NOTABLE * busy && own + target + breaker > 0
}

/**
 * Returns advice when users spent at least a tenth of their time waiting for rate limits (the scenario's or the target's) or the circuit breaker;
 * undefined otherwise. It says how long they waited for each.
 */
export function timeLostToLimits(result: Result): Advice | undefined {
  if (!waitsForLimits(result)) return undefined
  const { own, target, breaker, busy } = lostTime(result)
  const parts = [
    { ms: own, what: 'for rateLimit of the scenario' },
    { ms: target, what: 'because the target turned attempts away' },
    { ms: breaker, what: 'for the circuit breaker' },
  ].filter(({ ms }) => ms > 0)
  const share = Math.min(100, Math.round((100 * (own + target + breaker)) / busy))
  const asked = Math.max(...result.target.map(({ rateLimits }) => rateLimits?.maxRetryAfterMs ?? 0))
  const longest = target > 0 && asked > 0 ? ` (it asked for waits of up to ${formatMs(asked)})` : ''
  const then =
    own >= Math.max(target, breaker) ? 'plan less load, or raise rateLimit' : 'ask for less, or raise the quota of the target'
  return {
    rule: 'lost-to-limits',
    text: `${share} % of the time of the users was lost to limits: ${parts.map(({ ms, what }) => `${formatMs(ms)} ${what}`).join(', ')}${longest}: ${breaker > own + target ? 'see why it opened' : then}`,
  }
}
