/** Describes iterations, retries, rate limits, alerts and budgets, each in one line. */
import type { Iterations, LimiterSummary, RateLimitSummary, Result } from '../../result/schema.ts'
import { formatMs } from '../../text/units.ts'
import { formatCount, formatPercentile, formatShare, formatValue } from '../text/format.ts'
import { sumText } from './sum.ts'

export { cacheText } from '../tables/cache.ts'
export { certifiedText } from '../tables/certified.ts'
export { lengthsText } from '../tables/lengths.ts'
export { healthTexts, machineTexts } from '../text/beside/machine.ts'
export { outagesText } from '../text/beside/outages.ts'
export { errorsText, faultsText } from '../text/faults.ts'
export { firstTokenText, serverTexts, serverTimesText } from '../text/server.ts'

/** The share of a target's quota (0.1 is a tenth) below which the summary says how much of it was left. */
const LOW_SHARE = 0.1
/** The largest number of alerts that are described; of the others only their number is printed. */
const MAX_ALERTS = 5

/**
 * Describes, for reports, the iterations of a run in one line, without zero counts: "20 planned = 17 completed + 3 failed (2 timed out)"; '' when
 * there were none.
 */
export function iterationsText({ iterations, warmup }: Pick<Result, 'iterations' | 'warmup'>): string {
  const { planned, completed, failed, cut, dropped } = iterations
  if (planned === 0) return ''
  const text = sumText(planned, 'completed', [
    [completed, 'completed'],
    [failed, `failed${whyFailed(iterations)}`],
    [cut, 'unfinished'],
    [dropped, 'dropped'],
    [planned - completed - failed - cut - dropped, 'in flight'],
  ])
  return `${text}${warmup === null ? '' : ', warm-up included'}`
}

/** Describes how many iterations failed for another reason than a failed step: " (2 timed out)"; '' for none. */
function whyFailed({ expired = 0, faulted = 0, injected = 0 }: Iterations): string {
  const parts = [
    ...(expired > 0 ? [`${formatCount(expired)} timed out`] : []),
    ...(faulted > 0 ? [`${formatCount(faulted)} by a template or condition`] : []),
    ...(injected > 0 ? [`${formatCount(injected)} by injected faults alone`] : []),
  ]
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

/**
 * Describes, for reports, the retries of a run in one line: "12 more attempts · ok at first 90%, in the end 98% · longest wait 2s (asked for 5s)"; ''
 * when there were none.
 */
export function retriesText({ retries }: Pick<Result, 'retries'>): string {
  if (retries === undefined) return ''
  const { attempts, exchanges, firstOk, afterRetryOk, longestWaitMs, longestAskedMs, overBudget = 0 } = retries
  const share = (part: number) => formatShare(exchanges === 0 ? null : part / exchanges)
  const asked = longestAskedMs === null ? '' : ` (asked for ${formatMs(longestAskedMs)})`
  const shares = `ok at first ${share(firstOk)}, in the end ${share(firstOk + afterRetryOk)}`
  const refused = overBudget === 0 ? '' : ` · ${formatCount(overBudget)} not made: the retry budget was used up`
  return `${formatCount(attempts)} more attempts · ${shares} · longest wait ${formatMs(longestWaitMs)}${asked}${refused}`
}

/**
 * Describes, for reports, the targets' rate limits: "12 attempts turned away (4%) · 3.4s lost waiting · fewest left: 3 of 10 requests"; '' when no
 * limit turned attempts away, made attempts wait, or had less than a tenth left.
 */
export function rateLimitsText({ target, total }: Pick<Result, 'target' | 'total'>): string {
  const texts = target.flatMap(({ name, rateLimits }) => {
    const text = rateLimits ? oneLimitText(rateLimits, total.counts.started, target.length > 1) : ''
    return text === '' ? [] : [target.length > 1 ? `${name}: ${text}` : text]
  })
  return texts.join('; ')
}

function oneLimitText(limits: RateLimitSummary, started: number, several: boolean): string {
  const { limited, lostMs = 0, minRemainingRequests, limitRequests, minRemainingTokens, limitTokens } = limits
  const left = (what: string, rest: number | null, of: number | null) =>
    rest === null ? [] : [`${formatCount(rest)}${of === null ? '' : ` of ${formatCount(of)}`} ${what}`]
  const fewest = [...left('requests', minRemainingRequests, limitRequests), ...left('tokens', minRemainingTokens, limitTokens)]
  const isLow = (rest: number | null, of: number | null) => rest !== null && of !== null && rest < LOW_SHARE * of
  const matters =
    limited > 0 || lostMs > 0 || isLow(minRemainingRequests, limitRequests) || isLow(minRemainingTokens, limitTokens)
  if (!matters) return ''
  const share = several ? '' : ` (${formatShare(started === 0 ? null : limited / started)})`
  return [
    `${formatCount(limited)} attempts turned away${limited > 0 ? share : ''}`,
    ...(lostMs > 0 ? [`${formatMs(lostMs)} lost waiting`] : []),
    ...(fewest.length > 0 ? [`fewest left: ${fewest.join(', ')}`] : []),
  ].join(' · ')
}

/**
 * Describes, for reports, the alerts that a run raised, each with its worst value and when it lasted: "errors ratio > 5% in 5m: 12% at worst, 1m02s
 * to 2m05s". After the first five, a last text says how many more there were.
 */
export function alertTexts({ alerts = [], alertsUnlisted = 0 }: Pick<Result, 'alerts' | 'alertsUnlisted'>): string[] {
  const texts = alerts.slice(0, MAX_ALERTS).map(({ alert, worst, unit, fromMs, untilMs }) => {
    const until = untilMs === null ? 'the end' : formatMs(untilMs)
    return `${alert}: ${formatValue(worst, unit)} at worst, ${formatMs(fromMs)} to ${until}`
  })
  const more = alerts.length - MAX_ALERTS + alertsUnlisted
  if (more <= 0) return texts
  const where = alertsUnlisted > 0 ? `result.json lists the first ${formatCount(alerts.length)}` : 'see result.json'
  return [...texts, `${formatCount(more)} more, ${where}`]
}

/** Describes, for reports, what circuit breakers did: "opened 2 times, 120 attempts waited 5m in all, open at the end"; '' when none opened. */
export function breakerText({ target }: Pick<Result, 'target'>): string {
  const texts = target.flatMap(({ name, breaker }) => {
    if (!breaker) return []
    const { opened, held, heldMs, state } = breaker
    const waited = held === 0 ? '' : `, ${formatCount(held)} attempts waited ${formatMs(heldMs)} in all`
    const end = state === 'closed' ? '' : `, ${state} at the end`
    const text = `opened ${opened === 1 ? 'once' : `${formatCount(opened)} times`}${waited}${end}`
    return [target.length > 1 ? `${name}: ${text}` : text]
  })
  return texts.join('; ')
}

/**
 * Describes, for reports, what a run has used up of its budget: "requests 90 of 100 · tokens 12,000 of 1,000,000 (ended the run)"; '' without a
 * budget.
 */
export function budgetText({ budget = [] }: Pick<Result, 'budget'>): string {
  const parts = budget.map(({ name, used, limit, ended }) => {
    const value = name === 'time' ? formatMs : formatCount
    return `${name} ${value(used)} of ${value(limit)}${ended ? ' (ended the run)' : ''}`
  })
  return parts.join(' · ')
}

/**
 * Describes, for reports, what the scenario's `rateLimit` did to the attempts of all targets: "300 let through, 280 of them after a wait (p50 1.2s,
 * p99 2s) · 20 dropped"; '' without `rateLimit`.
 */
export function limiterText({ target }: Pick<Result, 'target'>): string {
  const limiters = target.flatMap(({ name, limiter }) => (limiter ? [{ name, ...limiter }] : []))
  return limiters.map((one) => (limiters.length > 1 ? `${one.name}: ${oneLimiterText(one)}` : oneLimiterText(one))).join('; ')
}

function oneLimiterText({ granted, waited, waitTime, gaveUp, dropped, refused }: LimiterSummary): string {
  const waits = waitTime ? ` (p50 ${formatPercentile(waitTime, 'p50')}, p99 ${formatPercentile(waitTime, 'p99')})` : ''
  const parts = [
    `${formatCount(granted)} let through${waited > 0 ? `, ${formatCount(waited)} of them after a wait${waits}` : ''}`,
    ...(dropped > 0 ? [`${formatCount(dropped)} dropped`] : []),
    ...(refused > 0 ? [`${formatCount(refused)} refused`] : []),
    ...(gaveUp > 0 ? [`${formatCount(gaveUp)} still waited at the end`] : []),
  ]
  return parts.join(' · ')
}

/**
 * Describes, for reports, the calls of plugins' hooks: "sign.mjs beforeSend 1,200 (34ms in all, longest 0.8ms), 2 failed: threw: no key"; '' without
 * hooks.
 */
export function hooksText({ hooks = [] }: Pick<Result, 'hooks'>): string {
  return hooks
    .map(({ plugin, hook, calls, failed, totalMs, longestMs, problem = '' }) => {
      const took = calls === 1 ? formatMs(totalMs) : `${formatMs(totalMs)} in all, longest ${formatMs(longestMs)}`
      const failures = failed === 0 ? '' : `, ${formatCount(failed)} failed: ${problem}`
      return `${plugin} ${hook} ${formatCount(calls)} (${took})${failures}`
    })
    .join(' · ')
}
