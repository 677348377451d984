import type { Result, RunCost } from '../../result/schema.ts'
import { formatCount, formatNumber, formatPercentile, formatShare, formatValue } from '../text/format.ts'

/** Describes the energy that a run used; '' when it is not known: no observed server reports it, or one of several only in part. */
export function energyText({ energy }: Pick<Result, 'energy'>): string {
  if (!energy) return ''
  const { joules, source, perThousandTokens, perSuccess } = energy
  return [
    `${formatNumber(joules)} J`,
    ...(perThousandTokens === null ? [] : [`${formatNumber(perThousandTokens)} J per 1,000 output tokens`]),
    ...(perSuccess === null ? [] : [`${formatNumber(perSuccess)} J per success`]),
    source === 'counter' ? 'as the GPUs count it' : "estimated from the GPUs' power",
  ].join(' · ')
}

/**
 * Describes, for reports, what a run cost: in total, per session (mean and p95), per success, per thousand sessions, the part that was wasted on
 * failed, cut-off or looping replies, and the price of hardware per million output tokens. The total is `n/a` when the prices of some calls are
 * missing, or in different currencies. Returns '' for a run without prices, or without calls to pay for. `safe` escapes the name of the currency,
 * which is untrusted text.
 */
export function costText({ cost: found, total }: Pick<Result, 'cost' | 'total'>, safe: (text: string) => string): string {
  if (found === undefined) return ofReplies(total)
  const cost = { ...found, currency: found.currency === null ? null : safe(found.currency) }
  const parts = cost.calls === 0 ? [] : cost.total === null ? [unknownTotal(cost)] : knownTotal(cost, cost.total)
  return [...parts, ...hardware(cost)].join(' · ')
}

/** Formats an amount of money, followed by its currency when that is known. */
function money(amount: number | null, currency: string | null): string {
  const figure = formatValue(amount, 'currency')
  return amount === null || currency === null ? figure : `${figure} ${currency}`
}

function unknownTotal({ unpriced, calls, priced, currency }: RunCost): string {
  if (unpriced === 0) return 'n/a (the targets have prices in different currencies)'
  const rest = priced !== null && priced > 0 ? `; the others ${money(priced, currency)}` : ''
  return `n/a (${formatShare(unpriced / calls)} of calls unpriced${rest})`
}

function knownTotal(cost: RunCost, total: number): string[] {
  const { currency, perSession, perSuccess, perThousandSessions, failed, cut, looped, outside } = cost
  const each = perThousandSessions === null ? null : perThousandSessions / 1000
  const wasted = (failed ?? 0) + (cut ?? 0) + (looped ?? 0)
  const on = (looped ?? 0) > 0 ? 'failed and unfinished calls and loops' : 'failed and unfinished calls'
  return [
    `${money(total, currency)} for ${formatCount(cost.calls)} calls`,
    ...(perSession === undefined || each === null
      ? []
      : [`${formatValue(each, 'currency')} per session, p95 ${formatPercentile(perSession, 'p95')}`]),
    ...(perSuccess === null ? [] : [`${formatValue(perSuccess, 'currency')} per success`]),
    ...(perThousandSessions === null ? [] : [`${formatValue(perThousandSessions, 'currency')} per 1,000 sessions`]),
    ...(wasted > 0 ? [`${formatShare(wasted / total)} wasted on ${on}`] : []),
    ...(outside !== null && outside > 0 ? [`warm-up ${money(outside, currency)} more`] : []),
  ]
}

function hardware({ perHour, perMillionOutput, currency }: RunCost): string[] {
  if (perHour === undefined) return []
  if (perHour === null) return ['hardware n/a (prices in different currencies)']
  const each = perMillionOutput === null || perMillionOutput === undefined ? 'n/a' : money(perMillionOutput, currency)
  return [`${each} per 1M output tokens at ${money(perHour, currency)} an hour`]
}

/** Describes the cost of ok replies, for results of older versions of burn, which contain no other costs. */
function ofReplies({ distributions: { cost } }: Result['total']): string {
  if (!cost || cost.mean === null) return ''
  const each = `${formatValue(cost.mean, 'currency')} mean, ${formatPercentile(cost, 'p95')} p95`
  return `${formatValue(cost.mean * cost.count, 'currency')} for ${formatCount(cost.count)} replies · ${each} (currency of target.pricing)`
}
