/** Texts about what servers told of themselves. */
import { MEANINGS, type Meaning } from '../../observe/meanings.ts'
import type { Result, ServerEndpoint } from '../../result/schema.ts'
import { formatBytes, formatMs } from '../../text/units.ts'
import { formatCount, formatNumber, formatShare } from './format.ts'

type Unit = ServerEndpoint['gauges'][string]['unit']
type Quantile = ServerEndpoint['histograms'][string]['p95']

const LABELS: Readonly<Record<string, Meaning>> = MEANINGS

/** The name of a figure as readers see it, such as "waiting" for `queue`. Names of the user's own metrics stay as they are. */
export const serverLabel = (name: string): string => (Object.hasOwn(LABELS, name) ? (LABELS[name]?.label ?? name) : name)

/** A value with its unit: "12", "87 %", "0.35 s". */
export function serverValue(value: number | null, unit: Unit): string {
  if (value === null) return '–'
  if (unit === 'ratio') return formatShare(value)
  if (unit === 'ms') return formatMs(value)
  if (unit === 'bytes') return formatBytes(value)
  if (unit === 'watts') return `${formatNumber(value)} W`
  if (unit === 'joules') return `${formatNumber(value)} J`
  return formatNumber(value)
}

/** An estimate with the borders of the bucket that it lies in: "~430ms (300ms to 500ms)". */
export function quantileText(quantile: Quantile, unit: Unit): string {
  if (quantile === null) return ''
  const { value, from, to } = quantile
  return to === null
    ? `above ${serverValue(from, unit)}`
    : `~${serverValue(value, unit)} (${serverValue(from, unit)} to ${serverValue(to, unit)})`
}

/** What burn measures itself, and better: kept in the result, and out of the texts. */
const KNOWN_BETTER: ReadonlySet<string> = new Set(['requests', 'tokens_in', 'decode_time', 'itl', 'e2e'])

/** What one server told, in facts: "running 3.9 mean, 4 max · waiting 12 mean, 17 max · KV cache 97 % mean …". */
export function endpointFacts({ gauges, counters, histograms }: ServerEndpoint): string[] {
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

/** How well the server could be asked; '' when it always answered. */
export function scrapeText({ scrapes, failed, error, counters, histograms }: ServerEndpoint): string {
  const restarts = Math.max(0, ...[...Object.values(counters).map(({ resets }) => resets)])
  const failures = failed === 0 ? [] : [`${formatCount(failed)} of ${formatCount(scrapes)} scrapes failed: ${error ?? ''}`]
  const again = restarts === 0 ? [] : [`counters began anew ${formatCount(restarts)} ${restarts === 1 ? 'time' : 'times'}`]
  return [
    ...failures,
    ...again,
    ...(Object.keys(histograms).length > 0 || failed < scrapes ? [] : ['nothing is known of it']),
  ].join('; ')
}

/** One line for each server: who it is, and its figures; none without any. `safe` escapes what comes from outside. */
export function serverTexts({ server = [] }: Pick<Result, 'server'>, safe: (text: string) => string): string[] {
  return server.map((endpoint) => {
    const { host } = new URL(endpoint.url)
    const who = endpoint.server.length === 0 ? host : `${endpoint.server.join(', ')} at ${host}`
    const trouble = safe(scrapeText(endpoint))
    return [safe(who), ...(trouble === '' ? [] : [trouble]), ...endpointFacts(endpoint)].join(' · ')
  })
}

/**
 * Where the time to the first token went, by the server's own means: "ttft 2.1s mean: 1.7s waiting in the server's queue (34 waiting at most), 300ms prefill, 100ms
 * elsewhere (network, gateway)". '' unless one server alone tells it, with figures of about as many requests as burn saw.
 */
export function firstTokenText({ server = [], total }: Pick<Result, 'server' | 'total'>): string {
  const [only, ...more] = server.filter(({ histograms }) => (histograms.queue_time?.count ?? 0) > 0)
  const seen = total.distributions.ttft
  if (only === undefined || more.length > 0 || seen?.mean === undefined || seen.mean === null || seen.count === 0) return ''
  const { queue_time: queue, prefill_time: prefill } = only.histograms
  if (queue?.mean === undefined || queue.mean === null) return ''
  const waiting = only.gauges.queue
  const parts = [
    `${formatMs(queue.mean)} waiting in the server's queue${waiting && waiting.max > 0 ? ` (${formatNumber(waiting.max)} waiting at most)` : ''}`,
    ...(prefill?.mean === undefined || prefill.mean === null ? [] : [`${formatMs(prefill.mean)} prefill`]),
  ]
  const rest = seen.mean - queue.mean - (prefill?.mean ?? 0)
  const elsewhere =
    rest < 0 ? `the server's figures are ${formatMs(-rest)} more: other requests are among them` : `${formatMs(rest)} elsewhere`
  return `ttft ${formatMs(seen.mean)} mean: ${[...parts, elsewhere].join(', ')}`
}
