/** Headline numbers of the whole run. */
import type { Counts, Result, Slice } from '../../metrics/result.ts'
import { formatMs } from '../../units.ts'
import { formatCount, formatNumber, formatPercentile, formatRate, formatShare } from '../format.ts'
import type { Pen } from '../pen.ts'
import { wrapFacts } from '../width.ts'
import { iterationsText, retriesText } from './iterations.ts'

/** Room for the label of a line. */
export const LABEL_COLUMNS = 12
/** Above this difference at p99, waiting before the send is worth a line of its own. */
const NOTABLE_DIFFERENCE = 0.05

/** A dim label and what belongs to it, in as many lines as it takes. */
export function labelled(label: string, text: string, pen: Pen): string[] {
  return underLabel(label, wrapFacts(pen.ink(text), pen.width - LABEL_COLUMNS - 2), pen)
}

/** A dim label beside the first of some lines. */
export function underLabel(label: string, lines: readonly string[], pen: Pen): string[] {
  return lines.map((line, i) => `  ${i === 0 ? pen.dim(label.padEnd(LABEL_COLUMNS)) : ' '.repeat(LABEL_COLUMNS)}${line}`)
}

/** "1,200 planned = 1,190 ok + 8 failed + 2 cut + 0 dropped"; a checkpoint of a run that was killed has attempts in flight as well. */
export function countsText(counts: Counts): string {
  const { planned, ok, failed, cut, dropped } = counts
  const parts = `${formatCount(ok)} ok + ${formatCount(failed)} failed + ${formatCount(cut)} cut + ${formatCount(dropped)} dropped`
  const inFlight = planned - ok - failed - cut - dropped
  const total = `${formatCount(planned)} planned = ${parts}${inFlight > 0 ? ` + ${formatCount(inFlight)} in flight` : ''}`
  return counts.skipped ? `${total} · ${formatCount(counts.skipped)} more not sent: an earlier step had failed` : total
}

/** Whether response_time and service_time part at p99, so that showing one alone would mislead. */
export function timesDiffer(slice: Slice): boolean {
  const response = slice.distributions.response_time?.percentiles.p99
  const service = slice.distributions.service_time?.percentiles.p99
  if (response === null || response === undefined || service === null || service === undefined) return false
  return Math.abs(response - service) > NOTABLE_DIFFERENCE * Math.max(response, service)
}

/** Attempts, iterations, retries, rates, tokens and errors. */
export function totalLines(result: Result, pen: Pen): string[] {
  const { total } = result
  const lines = labelled('attempts', countsText(total.counts), pen)
  const iterations = iterationsText(result)
  if (iterations !== '') lines.push(...labelled('iterations', iterations, pen))
  const retries = retriesText(result)
  if (retries !== '') lines.push(...labelled('retries', retries, pen))
  lines.push(...labelled('rate', rateText(total), pen))
  const tokens = tokenText(total)
  if (tokens !== '') lines.push(...labelled('tokens', tokens, pen))
  const window = windowText(result)
  if (window !== '') lines.push(...labelled('window', window, pen))
  if (timesDiffer(total)) lines.push(...labelled('waiting', waitingText(total), pen))
  return lines
}

function rateText(total: Slice): string {
  const { values } = total
  const parts = [
    `${formatRate(values.rate)} ok`,
    `${formatRate(values.started_rate)} started`,
    `errors ${formatShare(values.errors)}`,
  ]
  if (values.goodput !== null && values.goodput !== undefined) parts.push(`goodput ${formatRate(values.goodput)}`)
  return `${parts.join(' · ')} · over ${formatMs(total.windowMs)}`
}

/** What the window of the conversation left out; empty when that was nothing. */
export function windowText({ conversationWindow }: Pick<Result, 'conversationWindow'>): string {
  if (conversationWindow === undefined) return ''
  const { trimmedTurns, trimmedRequests, estimator } = conversationWindow
  return `${formatCount(trimmedTurns)} turns left out of ${formatCount(trimmedRequests)} requests · tokens estimated as ${estimator}`
}

/** Token totals with their sources; empty when the run has none. */
export function tokenText(slice: Slice): string {
  const { input, cachedInput, output, reasoning, sources } = slice.tokens
  if (input === null && output === null) return ''
  const parts: string[] = []
  const rate = slice.values.output_token_rate
  if (rate !== null && rate !== undefined) parts.push(`${formatNumber(rate)} out/s`)
  if (output !== null)
    parts.push(`${formatCount(output)} out${reasoning === null ? '' : ` (${formatCount(reasoning)} reasoning)`}`)
  if (input !== null) parts.push(`${formatCount(input)} in${cachedInput === null ? '' : ` (${formatCount(cachedInput)} cached)`}`)
  const from = Object.keys(sources).join(' + ')
  return parts.join(' · ') + (from === '' ? '' : ` · by ${from}`)
}

function waitingText(total: Slice): string {
  const { response_time, service_time } = total.distributions
  return `p99 ${formatPercentile(response_time, 'p99')} from when due, ${formatPercentile(service_time, 'p99')} from when sent`
}
