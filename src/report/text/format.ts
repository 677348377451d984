/** Numbers as reports print them. Unknown is an en dash, never 0. */
import type { Distribution, MetricUnit } from '../../result/schema.ts'
import { formatBytes, formatMs } from '../../text/units.ts'

export const UNKNOWN = '–'

/** A whole number with thousands apart: "12,345". */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US')
}

/** Three significant digits, no trailing zeros: "0.42", "19.8", "1,523". */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return UNKNOWN
  if (Math.abs(value) >= 99.95) return formatCount(value)
  return String(Number(value.toPrecision(3)))
}

/** A share as per cent. What is not zero never reads 0%, and what is not all never reads 100%. */
export function formatShare(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return UNKNOWN
  const percent = share * 100
  if (percent > 0 && percent < 0.01) return '<0.01%'
  if (percent < 100 && percent > 99.99) return '>99.99%'
  return `${Number(percent.toFixed(percent < 10 || percent > 90 ? 2 : 1))}%`
}

/** "19.8/s"; an en dash for null. */
export function formatRate(perSecond: number | null | undefined): string {
  return perSecond === null || perSecond === undefined ? UNKNOWN : `${formatNumber(perSecond)}/s`
}

/** A value in its metric's unit, for people. */
export function formatValue(value: number | null | undefined, unit: MetricUnit): string {
  if (value === null || value === undefined) return UNKNOWN
  switch (unit) {
    case 'ms':
      return formatMs(value)
    case 'ratio':
      return formatShare(value)
    case 'bytes':
      return formatBytes(Math.round(value))
    case 'per_second':
      return formatRate(value)
    case 'tokens_per_second':
      return `${formatNumber(value)} tok/s`
    case 'currency':
      return String(Number(value.toPrecision(4)))
    case 'tokens':
    case 'count':
      return formatNumber(value)
  }
}

/** A percentile of a distribution, `~` before it when too few samples stand behind it. */
export function formatPercentile(distribution: Distribution | undefined, percentile: string): string {
  const value = distribution?.percentiles[percentile]
  if (distribution === undefined || value === null || value === undefined) return UNKNOWN
  return `${distribution.fewSamples.includes(percentile) ? '~' : ''}${formatValue(value, distribution.unit)}`
}

/** UTC date and time: "2023-11-14 22:13:20 UTC". */
export function formatMoment(epochMs: number): string {
  return Number.isFinite(epochMs) ? `${isoSeconds(epochMs).replace('T', ' ')} UTC` : UNKNOWN
}

/** UTC time of day: "22:13:20 UTC". */
export function timeOfDay(epochMs: number): string {
  return `${isoSeconds(epochMs).slice(11)} UTC`
}

/** ISO 8601 in UTC without fraction or zone, as JUnit wants it; the epoch for a time that no calendar has. */
export function isoSeconds(epochMs: number): string {
  const date = new Date(epochMs)
  return (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString().slice(0, 19)
}
