/** Describes what observed servers reported about themselves. */
import { MEANINGS, type Meaning } from '../../observe/meanings.ts'
import type { Result, ServerEndpoint } from '../../result/schema.ts'
import { formatBytes, formatMs } from '../../text/units.ts'
import { formatCount, formatNumber, formatPercentile, formatShare } from './format.ts'

type Unit = ServerEndpoint['gauges'][string]['unit']
type Quantile = ServerEndpoint['histograms'][string]['p95']

const LABELS: Readonly<Record<string, Meaning>> = MEANINGS

/** Returns the label of an observed server's metric in reports, such as "waiting" for `queue`. Metrics that the user named keep their names. */
export const serverLabel = (name: string): string => (Object.hasOwn(LABELS, name) ? (LABELS[name]?.label ?? name) : name)

/** Formats a value of an observed server with its unit: "12", "87%", "350ms"; an en dash for null. */
export function serverValue(value: number | null, unit: Unit): string {
  if (value === null) return '–'
  if (unit === 'ratio') return formatShare(value)
  if (unit === 'ms') return formatMs(value)
  if (unit === 'bytes') return formatBytes(value)
  if (unit === 'watts') return `${formatNumber(value)} W`
  if (unit === 'joules') return `${formatNumber(value)} J`
  return formatNumber(value)
}

/**
 * Formats a quantile estimated from a server's histogram, with the limits of its bucket: "~430ms (300ms to 500ms)", or "above 10s" in the last
 * bucket, which has no upper limit; '' for null.
 */
export function quantileText(quantile: Quantile, unit: Unit): string {
  if (quantile === null) return ''
  const { value, from, to } = quantile
  return to === null
    ? `above ${serverValue(from, unit)}`
    : `~${serverValue(value, unit)} (${serverValue(from, unit)} to ${serverValue(to, unit)})`
}

/** The server metrics that reports leave out, because burn measures the same more exactly; the result contains them. */
const KNOWN_BETTER: ReadonlySet<string> = new Set(['requests', 'tokens_in', 'decode_time', 'itl', 'e2e'])

/** Returns the metrics of an observed server as short texts: "waiting 12 mean, 17 max". Metrics that burn measures itself are left out. */
function endpointFacts({ gauges, counters, histograms }: ServerEndpoint): string[] {
  const isNews = ([name]: readonly [string, unknown]) => !KNOWN_BETTER.has(name)
  return [
    ...Object.entries(gauges).map(
      ([name, { unit, mean, max }]) => `${serverLabel(name)} ${serverValue(mean, unit)} mean, ${serverValue(max, unit)} max`,
    ),
    ...Object.entries(counters)
      .filter(isNews)
      .flatMap(([name, { unit, delta, perSecond, resets }]) => {
        if (delta === 0 && resets === 0) return []
        const rate = perSecond === null ? '' : ` (${serverValue(perSecond, unit)}/s)`
        return [
          `${serverLabel(name)} ${unit === 'count' || unit === 'tokens' ? formatCount(Math.round(delta)) : serverValue(delta, unit)}${rate}`,
        ]
      }),
    ...Object.entries(histograms)
      .filter(isNews)
      .flatMap(([name, { unit, count, mean, p95 }]) => {
        if (count === 0) return []
        const high = quantileText(p95, unit)
        return [`${serverLabel(name)} ${serverValue(mean, unit)} mean${high === '' ? '' : `, p95 ${high}`}`]
      }),
  ]
}

/**
 * Describes for a report how many requests for the metrics of an observed server failed and why, and whether its counters were reset; '' when all
 * went well.
 */
function scrapeText({ scrapes, failed, error, counters, histograms }: ServerEndpoint): string {
  const restarts = Math.max(0, ...[...Object.values(counters).map(({ resets }) => resets)])
  const failures = failed === 0 ? [] : [`${formatCount(failed)} of ${formatCount(scrapes)} scrapes failed: ${error ?? ''}`]
  const again = restarts === 0 ? [] : [`counters began anew ${formatCount(restarts)} ${restarts === 1 ? 'time' : 'times'}`]
  return [
    ...failures,
    ...again,
    ...(Object.keys(histograms).length > 0 || failed < scrapes ? [] : ['nothing is known of it']),
  ].join('; ')
}

/**
 * Returns one line for each observed server: its address, failed scrapes, and its metrics, without those that burn measures itself. The list is empty
 * when none was observed. `safe` escapes untrusted text.
 */
export function serverTexts({ server = [] }: Pick<Result, 'server'>, safe: (text: string) => string): string[] {
  return server.map((endpoint) => {
    const { host } = new URL(endpoint.url)
    const who = endpoint.server.length === 0 ? host : `${endpoint.server.join(', ')} at ${host}`
    const trouble = safe(scrapeText(endpoint))
    return [safe(who), ...(trouble === '' ? [] : [trouble]), ...endpointFacts(endpoint)].join(' · ')
  })
}

/** The metrics of server times in replies, each with its label in reports. */
const IN_REPLIES: readonly (readonly [metric: string, label: string])[] = [
  ['server_queue', 'queue'],
  ['server_prefill', 'prefill'],
  ['server_decode', 'decode'],
  ['server_total', 'total'],
  ['gateway_overhead', 'gateway'],
  ['network', 'network'],
]

/**
 * Describes the processing times that servers state in their replies: "vLLM · queue p50 12ms, p95 300ms · prefill … · network …"; '' when no reply
 * states any. `safe` escapes the names of servers, which are untrusted.
 */
export function serverTimesText({ total }: Pick<Result, 'total'>, safe: (text: string) => string): string {
  const { serverTimes = {}, distributions, counts } = total
  const facts = IN_REPLIES.flatMap(([metric, label]) => {
    const of = distributions[metric]
    return of ? [`${label} p50 ${formatPercentile(of, 'p50')}, p95 ${formatPercentile(of, 'p95')}`] : []
  })
  if (facts.length === 0) return ''
  const replies = Math.max(...IN_REPLIES.map(([metric]) => distributions[metric]?.count ?? 0))
  const some = replies < counts.ok ? [`in ${formatCount(replies)} of ${formatCount(counts.ok)} replies`] : []
  return [safe(Object.keys(serverTimes).join(', ')), ...facts, ...some].join(' · ')
}

/** By how many ms the parts of a time may exceed the whole because two clocks measured them. */
const ROUNDING_MS = 2

/** A part of the time to first token: its mean duration in ms, and its name. */
interface TokenPart {
  readonly ms: number
  readonly what: string
}

/**
 * Describes in words what the mean time to first token consists of, according to the server's own figures: "ttft 2.1s mean: 1.7s waiting in the
 * server's queue, 300ms prefill, 100ms network; told by vLLM in each reply". The figures are the times stated in replies. When not every reply with
 * a token states them, they are the metrics of the one observed server that measures its queue. Returns '' when there are no such figures.
 */
export function firstTokenText({ server = [], total }: Pick<Result, 'server' | 'total'>): string {
  const seen = total.distributions.ttft
  if (seen?.mean === undefined || seen.mean === null || seen.count === 0) return ''
  const waiting = server.length === 1 ? server[0]?.gauges.queue?.max : undefined
  return ofReplies(total, seen.mean, waiting) || ofObserved(server, seen.mean)
}

/**
 * Splits the mean time to first token by the times that the server states in its replies. '' unless every reply with a token states them, because
 * means over different replies do not add up.
 */
function ofReplies({ distributions, serverTimes = {} }: Result['total'], ttft: number, waiting: number | undefined): string {
  const meanOf = (metric: string) => {
    const of = distributions[metric]
    return of !== undefined && of.count === distributions.ttft?.count ? (of.mean ?? undefined) : undefined
  }
  const [queue, prefill, gateway, between] = ['server_queue', 'server_prefill', 'gateway_overhead', 'network'].map(meanOf)
  const part = (ms: number | undefined, what: string) => (ms === undefined ? [] : [{ ms, what }])
  const inServer =
    prefill === undefined
      ? part(between === undefined ? undefined : ttft - between, 'in the server')
      : [...part(queue, queueWords(waiting)), ...part(prefill, 'prefill')]
  if (inServer.length === 0) return ''
  const parts = [...inServer, ...part(gateway, 'in the gateway')]
  const place = queue === undefined && prefill !== undefined ? "elsewhere (the server's queue, the network)" : 'network'
  const text = partsText(ttft, parts, place, 'clocks or definitions differ')
  return `${text}; told by ${Object.keys(serverTimes).join(', ')} in each reply`
}

/** Splits the mean time to first token by the metrics of the only observed server; '' when no server, or more than one, has them. */
function ofObserved(server: readonly ServerEndpoint[], ttft: number): string {
  const [only, ...more] = server.filter(({ histograms }) => (histograms.queue_time?.count ?? 0) > 0)
  if (only === undefined || more.length > 0) return ''
  const { queue_time: queue, prefill_time: prefill } = only.histograms
  if (queue?.mean === undefined || queue.mean === null) return ''
  const parts = [
    { ms: queue.mean, what: queueWords(only.gauges.queue?.max) },
    ...(prefill?.mean === undefined || prefill.mean === null ? [] : [{ ms: prefill.mean, what: 'prefill' }]),
  ]
  return `${partsText(ttft, parts, 'elsewhere', 'other requests are among them')}; means of /metrics`
}

const queueWords = (waiting = 0) =>
  `waiting in the server's queue${waiting > 0 ? ` (${formatNumber(waiting)} waiting at most)` : ''}`

/**
 * Describes the parts of the time to first token and the time that no part explains (`rest`). When the parts exceed the whole by more than rounding,
 * says so and gives the reason `why`.
 */
function partsText(whole: number, parts: readonly TokenPart[], rest: string, why: string): string {
  const left = whole - parts.reduce((sum, { ms }) => sum + ms, 0)
  const last =
    left < -ROUNDING_MS ? `the server's figures are ${formatMs(-left)} more: ${why}` : `${formatMs(Math.max(0, left))} ${rest}`
  return `ttft ${formatMs(whole)} mean: ${[...parts.map(({ ms, what }) => `${formatMs(ms)} ${what}`), last].join(', ')}`
}
