/** Formats numbers for reports. An unknown value becomes an en dash, never 0. */
import type { Distribution, MetricUnit } from '../../result/schema.ts'
import { formatBytes, formatGrouped, formatMs } from '../../text/units.ts'

/** The text that reports print for an unknown value: an en dash. */
export const UNKNOWN = '–'

/** Formats a number as an integer with thousands separators, rounded: "12,345". */
export function formatCount(count: number): string {
  return formatGrouped(count)
}

/** Formats a number with three significant digits, "0.42", "19.8", or from 100 on as an integer, "1,523"; an en dash when it is not finite. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return UNKNOWN
  if (Math.abs(value) >= 99.95) return formatCount(value)
  return String(Number(value.toPrecision(3)))
}

/**
 * Formats a fraction from 0 to 1 as a percentage, "12.5%"; an en dash when it is unknown. "0%" and "100%" stand only for exactly 0 and 1: other
 * values are never rounded to them.
 */
export function formatShare(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return UNKNOWN
  const percent = share * 100
  if (percent > 0 && percent < 0.01) return '<0.01%'
  if (percent < 100 && percent > 99.99) return '>99.99%'
  return `${Number(percent.toFixed(percent < 10 || percent > 90 ? 2 : 1))}%`
}

/** Formats a rate per second as "19.8/s"; an en dash for an unknown rate. */
export function formatRate(perSecond: number | null | undefined): string {
  return perSecond === null || perSecond === undefined ? UNKNOWN : `${formatNumber(perSecond)}/s`
}

/** Formats a metric's value with its unit, such as "1.2s", "4.1 KB" or "19.8/s"; an en dash for an unknown value. */
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

/**
 * Formats a percentile of a distribution, such as `p95`, with its unit. A "~" stands before a value from too few samples; an unknown value
 * is an en dash.
 */
export function formatPercentile(distribution: Distribution | undefined, percentile: string): string {
  const value = distribution?.percentiles[percentile]
  if (distribution === undefined || value === null || value === undefined) return UNKNOWN
  return `${distribution.fewSamples.includes(percentile) ? '~' : ''}${formatValue(value, distribution.unit)}`
}

/**
 * Formats ms since 1970 as UTC date and time: "2023-11-14 22:13:20 UTC"; an en dash when not finite. A finite time out of range becomes the start of
 * 1970.
 */
export function formatMoment(epochMs: number): string {
  return Number.isFinite(epochMs) ? `${isoSeconds(epochMs).replace('T', ' ')} UTC` : UNKNOWN
}

/** Formats ms since 1970 as UTC time of day: "22:13:20 UTC"; "00:00:00 UTC" for a time out of range. */
export function timeOfDay(epochMs: number): string {
  return `${isoSeconds(epochMs).slice(11)} UTC`
}

/**
 * Formats ms since 1970 as date and time of ISO 8601, in UTC without fraction and zone, as JUnit requires. A time out of range becomes the
 * start of 1970.
 */
export function isoSeconds(epochMs: number): string {
  const date = new Date(epochMs)
  return (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString().slice(0, 19)
}
