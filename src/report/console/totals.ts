/** Prints the section about the whole run in the summary: load, attempts, rates, tokens, cost. */
import { adviceOf } from '../../advice/advice.ts'
import type { Counts, GroupMetrics, Result, TimelineRow } from '../../result/schema.ts'
import { formatMs } from '../../text/units.ts'
import { anomalyTexts } from '../text/anomalies.ts'
import { bandsText, bandTexts } from '../text/bands.ts'
import { formatCount, formatNumber, formatPercentile, formatRate } from '../text/format.ts'
import type { Pen } from '../text/pen.ts'
import { judgeText, qualityText } from '../text/quality.ts'
import { shownVerdict } from '../text/verdict.ts'
import { wrapFacts } from '../text/width.ts'
import { costText, energyText } from './cost.ts'
import {
  alertTexts,
  breakerText,
  budgetText,
  cacheText,
  certifiedText,
  errorsText,
  faultsText,
  firstTokenText,
  healthTexts,
  hooksText,
  iterationsText,
  lengthsText,
  limiterText,
  machineTexts,
  outagesText,
  rateLimitsText,
  retriesText,
  serverTexts,
  serverTimesText,
} from './iterations.ts'
import { LABEL_COLUMNS, labelled, underLabel } from './labelled.ts'
import { overTimeLines } from './over-time.ts'
import { sumText } from './sum.ts'

export { errorsText }

/** The largest number of phases whose load is described; of more phases only their number is printed. */
const MAX_PHASES = 3
/** The relative difference between the p99 of response_time and of service_time (0.05 is 5 %) above which the summary shows both. */
const NOTABLE_DIFFERENCE = 0.05

/**
 * Describes, for reports, the attempts of a run, without zero counts: "1,200 planned = 1,190 ok + 8 failed + 2 unfinished". For a run that was
 * killed, "in flight" is one of the parts. Attempts that were not sent because an earlier step had failed are stated apart.
 */
export function countsText(counts: Counts): string {
  const { planned, ok, failed, cut, dropped } = counts
  const total = sumText(planned, 'ok', [
    [ok, 'ok'],
    [failed, 'failed'],
    [cut, 'unfinished'],
    [dropped, 'dropped'],
    [planned - ok - failed - cut - dropped, 'in flight'],
  ])
  return counts.skipped ? `${total} · ${formatCount(counts.skipped)} more not sent: an earlier step had failed` : total
}

/** True when a run was killed before its first counts were written, although it may have sent requests. */
function isUncounted(result: Result): boolean {
  return shownVerdict(result) === 'incomplete' && result.total.counts.planned === 0
}

/**
 * Describes, for reports, the attempts of the whole run in one line. Says that their number is not known if the run was killed before it wrote any
 * counts.
 */
export function attemptsText(result: Result): string {
  return isUncounted(result) ? 'not known: the run was killed before it had counted any' : countsText(result.total.counts)
}

/** True when response_time and service_time differ by more than 5 % at p99, so that a report must show both; false when one is not known. */
export function timesDiffer(slice: GroupMetrics): boolean {
  const response = slice.distributions.response_time?.percentiles.p99
  const service = slice.distributions.service_time?.percentiles.p99
  if (response === null || response === undefined || service === null || service === undefined) return false
  return Math.abs(response - service) > NOTABLE_DIFFERENCE * Math.max(response, service)
}

/** One sentence about the whole run, as reports show it, with the name of its subject, such as `rate` or `cost`. */
interface RunFact {
  readonly name: string
  readonly text: string
}

/**
 * Returns the sentences about the whole run that the console, Markdown and HTML reports show, in a fixed order; sentences that would have no content
 * are left out. `safe` escapes untrusted text.
 */
export function runFacts(result: Result, safe: (text: string) => string): RunFact[] {
  const facts = {
    load: loadText(result),
    attempts: attemptsText(result),
    iterations: iterationsText(result),
    retries: retriesText(result),
    quotas: safe(rateLimitsText(result)),
    'own limit': safe(limiterText(result)),
    alerts: safe(alertTexts(result).join('; ')),
    breaker: safe(breakerText(result)),
    rate: rateText(result),
    outages: outagesText(result, safe),
    certified: certifiedText(result),
    faults: safe(faultsText(result)),
    hooks: safe(hooksText(result)),
    server: serverTexts(result, safe).join(' · '),
    machine: machineTexts(result, safe).join('; '),
    health: healthTexts(result, safe).join('; '),
    'in server': serverTimesText(result, safe),
    'first token': safe(firstTokenText(result)),
    tokens: safe(tokenText(result.total)),
    cache: cacheText(result.total),
    lengths: lengthsText(result.total),
    cost: costText(result, safe),
    energy: energyText(result),
    budget: budgetText(result),
    quality: qualityText(result),
    judge: judgeText(result, safe),
    bands: bandsText(result),
    window: windowText(result),
  }
  return Object.entries(facts).flatMap(([name, text]) => (text === '' ? [] : [{ name, text }]))
}

/** The names of facts that the console prints further down, in another form. */
const SHOWN_APART: readonly string[] = ['alerts', 'bands', 'certified']

/**
 * Returns, for the terminal summary, the lines about the whole run: load, attempts, iterations, retries, rates, tokens, cost, and how response times
 * changed during the run.
 */
export function totalLines(result: Result, pen: Pen): string[] {
  const { total } = result
  const lines = runFacts(result, (text) => pen.safe(text))
    .filter(({ name }) => !SHOWN_APART.includes(name) && !(name === 'iterations' && sameAsAttempts(result)))
    .flatMap(({ name, text }) => labelled(name, text, pen))
  const anomalies = anomalyTexts(result, (text) => pen.safe(text, 40)).flatMap((text) =>
    wrapFacts(pen.ink(text), pen.width - LABEL_COLUMNS - 2),
  )
  const alerts = alertTexts(result).flatMap((text) => wrapFacts(pen.ink(pen.safe(text)), pen.width - LABEL_COLUMNS - 2))
  return [
    ...lines,
    ...bandLines(result, pen),
    ...underLabel('anomalies', anomalies, pen),
    ...underLabel('alerts', alerts, pen),
    ...overTimeLines(result, timesDiffer(total) ? [waitingText(total)] : [], pen),
  ]
}

/** Returns the line about bands (ranges of response time) in colour: fast green, slow yellow, critical red. */
function bandLines(result: Result, pen: Pen): string[] {
  const colours: Readonly<Record<string, (text: string) => string>> = { fast: pen.good, slow: pen.warn, critical: pen.bad }
  const texts = bandTexts(result)
  const lines = texts.length === 0 ? [] : labelled('bands', texts.map(({ text }) => text).join(' · '), pen)
  // The lines are coloured after they were wrapped, because escape sequences have no width.
  return lines.map((line) => texts.reduce((whole, { name, text }) => whole.replace(text, colours[name] ?? String), line))
}

/** Returns the lines of the terminal summary that state the confidence intervals of percentiles; empty when no interval is known. */
export function certifiedLines(result: Result, pen: Pen): string[] {
  const text = certifiedText(result)
  return text === '' ? [] : labelled('certified', text, pen)
}

/**
 * Returns, for the terminal summary, the lines with the most important advice on the run; empty without advice. The Markdown and HTML reports show
 * all of it.
 */
export function adviceLines(result: Result, pen: Pen): string[] {
  const [first] = adviceOf(result)
  return first ? labelled('advice', first.text, pen) : []
}

/**
 * Describes the load that the scenario asks for, and the mean and peak of busy users and of attempts in flight: "20/s for 1m · users 12 mean, 31 peak
 * · in flight 11.8 mean, 31 peak".
 */
function loadText({ phases, timeline }: Result): string {
  const measured = phases.filter(({ warmup }) => !warmup)
  const texts = measured.flatMap(({ load }) => load ?? [])
  const more = texts.length - MAX_PHASES
  const asked = [...texts.slice(0, MAX_PHASES), ...(more > 0 ? [`${more} more phases`] : [])].join('; then ')
  const names = new Set(measured.map(({ name }) => name))
  const rows = timeline.filter(({ phase }) => names.has(phase))
  const lengthMs = rows.reduce((total, row) => total + row.lengthMs, 0)
  const seen = (what: string, of: (row: TimelineRow) => number, peakOf: (row: TimelineRow) => number) => {
    const peak = Math.max(0, ...rows.map(peakOf))
    const mean = rows.reduce((total, row) => total + of(row) * row.lengthMs, 0) / Math.max(1, lengthMs)
    return peak === 0 ? [] : [`${what} ${formatNumber(mean)} mean, ${formatCount(peak)} peak`]
  }
  const users = ({ users: busy }: TimelineRow) => busy
  return [
    ...(asked === '' ? [] : [asked]),
    ...seen('users', users, users),
    ...seen(
      'in flight',
      ({ inFlight }) => inFlight,
      ({ peakInFlight }) => peakInFlight,
    ),
  ].join(' · ')
}

/**
 * True when the counts of iterations equal those of attempts, because each iteration makes one attempt. The line about iterations is then left out.
 */
function sameAsAttempts({ iterations, total, warmup }: Result): boolean {
  const { planned, failed, cut, dropped } = total.counts
  const warm = warmup?.counts
  return (
    iterations.planned === planned + (warm?.planned ?? 0) &&
    iterations.failed === failed + (warm?.failed ?? 0) &&
    iterations.cut === cut + (warm?.cut ?? 0) &&
    iterations.dropped === dropped + (warm?.dropped ?? 0)
  )
}

function rateText(result: Result): string {
  const { total } = result
  const { values } = total
  const parts = [`${formatRate(values.rate)} ok`, `${formatRate(values.started_rate)} started`, `errors ${errorsText(result)}`]
  if (values.goodput !== null && values.goodput !== undefined) parts.push(`goodput ${formatRate(values.goodput)}`)
  if (values.item_rate) parts.push(`items ${formatRate(values.item_rate)}`)
  return `${parts.join(' · ')} · over ${formatMs(total.windowMs)}`
}

/**
 * Describes how many messages of conversations were not sent because of the setting `conversation.window`: "12 turns left out of 8
 * requests"; '' for none.
 */
function windowText({ conversationWindow }: Pick<Result, 'conversationWindow'>): string {
  if (conversationWindow === undefined) return ''
  const { trimmedTurns, trimmedRequests, estimator } = conversationWindow
  return `${formatCount(trimmedTurns)} turns left out of ${formatCount(trimmedRequests)} requests · tokens estimated as ${estimator}`
}

/**
 * Describes, for reports, the output and input tokens of a group of attempts, and whether the API or burn itself counted them; '' when no count is
 * known.
 */
function tokenText(slice: GroupMetrics): string {
  const { input, cachedInput, output, reasoning, sources } = slice.tokens
  if (input === null && output === null) return ''
  const parts: string[] = []
  const rate = slice.values.output_token_rate
  if (rate !== null && rate !== undefined) parts.push(`${formatNumber(rate)} out/s`)
  else if (slice.values.input_token_rate) parts.push(`${formatNumber(slice.values.input_token_rate)} in/s`)
  if (output !== null) parts.push(`${formatCount(output)} out${reasoning ? ` (${formatCount(reasoning)} reasoning)` : ''}`)
  if (input !== null) parts.push(`${formatCount(input)} in${cachedInput ? ` (${formatCount(cachedInput)} cached)` : ''}`)
  const from = [
    ...new Set(Object.keys(sources).map((source) => (source.startsWith('usage') ? 'counted by the API' : 'estimated'))),
  ]
  return [...parts, ...(from.length === 0 ? [] : [from.join(' and ')])].join(' · ')
}

function waitingText(total: GroupMetrics): string {
  const { response_time, service_time } = total.distributions
  return `p99 with queueing ${formatPercentile(response_time, 'p99')}, server alone ${formatPercentile(service_time, 'p99')}`
}
