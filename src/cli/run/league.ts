import Table from 'cli-table3'
import { formatCount, formatPercentile, formatShare, UNKNOWN } from '../../report/text/format.ts'
import type { Result } from '../../result/schema.ts'

/** Table style without borders. */
const PLAIN = Object.fromEntries(
  ['top', 'bottom', 'mid']
    .flatMap((line) => ['', '-mid', '-left', '-right'].map((part) => [line + part, '']))
    .concat([
      ['left', ''],
      ['left-mid', ''],
      ['mid-mid', ''],
      ['right', ''],
      ['right-mid', ''],
      ['middle', ''],
    ]),
)
const HEAD = ['', 'verdict', 'requests', 'errors', 'response p50', 'p95', 'ttft p95', 'tokens/s']

function row(result: Result): string[] {
  const { total } = result
  const response = total.distributions.response_time
  const perSecond = (total.tokens.output ?? 0) / (total.windowMs / 1000)
  return [
    result.scenarioName,
    result.verdict.replaceAll('_', ' '),
    formatCount(total.counts.started),
    result.errorRate === null ? UNKNOWN : formatShare(result.errorRate),
    formatPercentile(response, 'p50'),
    formatPercentile(response, 'p95'),
    formatPercentile(total.distributions.ttft, 'p95'),
    total.tokens.output === null || total.windowMs === 0 ? UNKNOWN : formatCount(Math.round(perSecond)),
  ]
}

/** Formats a table that compares results, one row for each. The lowest p95 response time comes first; results without a reply come last. */
export function leagueTable(results: readonly Result[]): string {
  const speed = ({ total }: Result) => total.distributions.response_time?.percentiles.p95 ?? Number.POSITIVE_INFINITY
  const ranked = [...results].sort((a, b) => speed(a) - speed(b))
  const table = new Table({
    head: HEAD,
    colAligns: HEAD.map((_, i) => (i < 2 ? 'left' : 'right')),
    chars: PLAIN,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  })
  table.push(...ranked.map(row))
  const lines = table.toString().split('\n')
  return `\n${lines.map((line) => line.trimEnd()).join('\n')}\n`
}
