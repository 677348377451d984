/** Makes the top of the page: the verdict with its reason, the validity of the measurement, and the headline figures. */
import { adviceOf } from '../../../advice/advice.ts'
import type { GroupMetrics, Result, Verdict } from '../../../result/schema.ts'
import { formatMs } from '../../../text/units.ts'
import { runFacts } from '../../console/totals.ts'
import { formatCount, formatMoment, formatPercentile, formatRate, formatShare, formatValue, UNKNOWN } from '../../text/format.ts'
import { shownVerdict, verdictWord } from '../../text/verdict.ts'
import { type Markup, markup, oneLine } from '../page/markup.ts'
import { factList } from './fact-list.ts'

/** The longest reason of a verdict that is shown, in characters. It may list every threshold that failed. */
const REASON_CHARACTERS = 2000

const LOOKS: Record<Verdict, readonly [look: string, mark: string]> = {
  passed: ['good', '✓'],
  failed: ['bad', '✗'],
  invalid: ['bad', '!'],
  could_not_test: ['bad', '!'],
  error: ['bad', '!'],
  aborted: ['warn', '!'],
  incomplete: ['warn', '!'],
}

/** Returns the banner of an HTML report: the verdict, the scenario's name, the reason, the target, the start and the duration. */
export function banner(result: Result): Markup {
  const verdict = shownVerdict(result)
  const [look, mark] = LOOKS[verdict]
  const [first, ...more] = result.target
  const target = first && `${oneLine(first.url)}${more.length > 0 ? ` and ${more.length} more` : ''}`
  const facts = [
    target,
    formatMoment(result.startTime),
    `took ${formatMs(result.durationMs)}`,
    `burn ${oneLine(result.environment.burn)}`,
  ]
  return markup`<header class="banner ${look}">
<p class="verdict"><span aria-hidden="true">${mark}</span> ${verdictWord(verdict)}</p>
<h1>${oneLine(result.scenarioName, 120) || 'unnamed scenario'}</h1>
<p class="reason">${oneLine(result.reason, REASON_CHARACTERS)}</p>
<p class="meta">${facts.flatMap((fact) => (fact === undefined ? [] : [markup`<span>${fact}</span> `]))}</p>
</header>`
}

/**
 * Returns, for the HTML report, the reasons to doubt the measurement, each with a hint about what to do; when there are none, a sentence that says
 * so.
 */
export function validityBody({ validity: { state, reasons }, generator, environment, total }: Result): Markup {
  if (state === 'ok') {
    if (total.counts.planned === 0) return markup`<p class="note">No attempt was counted, so nothing was measured.</p>`
    const lag = generator.lag.count > 0 ? `: it was late by ${formatPercentile(generator.lag, 'p99')} at p99` : ''
    const busy = environment.cpus > 0 ? `, its event loop ${formatShare(generator.loopUtilization)} busy` : ''
    return markup`<p class="note good">The measurement is valid. burn kept up with the load${lag}${busy}.</p>`
  }
  const words = state === 'invalid' ? 'The numbers must not be used.' : 'The numbers hold with reservations.'
  return markup`<div class="note ${state === 'invalid' ? 'bad' : 'warn'}">
<p><strong>Measurement ${state}.</strong> ${words}</p>
<ul>
${reasons.map(
  ({ level, code, message, hint }) =>
    markup`<li><strong>${level}</strong> <code>${oneLine(code)}</code> ${oneLine(message)}${hint !== '' && markup`<br><span class="dim">${oneLine(hint)}</span>`}</li>\n`,
)}</ul>
</div>`
}

interface Tile {
  readonly label: string
  readonly value: string
  readonly beside: string
}

/** The names of facts that the page shows as tiles or in sections of their own. */
const SHOWN_APART: readonly string[] = ['rate', 'quality', 'judge']
/** Longer labels on the page for facts whose names on the console are short. */
const LABELS: Readonly<Record<string, string>> = {
  breaker: 'Circuit breaker',
  faults: 'Injected faults',
  window: 'Conversation window',
}

const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)

/**
 * Returns, for the HTML report, the headline figures of the measured phases: tiles with the most important figures, then the sentences of the summary
 * and all advice.
 */
export function headlineBody(result: Result): Markup {
  const { total, warmup } = result
  const facts = runFacts(result, (text) => oneLine(text, REASON_CHARACTERS)).filter(({ name }) => !SHOWN_APART.includes(name))
  const warm = warmup && `${formatCount(warmup.counts.started)} attempts in ${formatMs(warmup.windowMs)}, kept out of the totals`
  return markup`<ul class="tiles">
${tilesOf(total).map(({ label, value, beside }) => markup`<li><span class="label">${label}</span> <span class="value">${value}</span> <span class="beside">${beside}</span></li>\n`)}</ul>
${factList([...facts.map(({ name, text }) => [LABELS[name] ?? capital(name), text] as const), ['Warm-up', warm ?? undefined]])}${adviceList(result)}`
}

/** Returns the HTML list of advice on the run; empty when there is none. */
function adviceList(result: Result): Markup {
  const found = adviceOf(result)
  return found.length === 0
    ? markup``
    : markup`
<h3>Advice</h3>
<ul>
${found.map(({ text }) => markup`<li>${text}</li>\n`)}</ul>`
}

/** Describes how many attempts failed, and how many more by injected faults, which no error rate counts. */
function failedText({ counts, counters }: GroupMetrics): string {
  const { injectedFailed = 0 } = counters
  const of = `${formatCount(counts.failed)} of ${formatCount(counts.planned)} failed`
  return injectedFailed === 0 ? of : `${of}, ${formatCount(injectedFailed)} by injected faults, which are no errors`
}

function tilesOf(total: GroupMetrics): Tile[] {
  const { values, distributions } = total
  const latency = (label: string, name: string): Tile[] => {
    const of = distributions[name]
    if (of === undefined || of.count === 0) return []
    const beside = `p50 ${formatPercentile(of, 'p50')} · p99 ${formatPercentile(of, 'p99')}`
    return [{ label: `${label} p95`, value: formatPercentile(of, 'p95'), beside }]
  }
  const rate = (label: string, name: string, unit: 'per_second' | 'tokens_per_second', beside: string): Tile[] => {
    const value = values[name]
    return value === null || value === undefined ? [] : [{ label, value: formatValue(value, unit), beside }]
  }
  return [
    {
      label: 'Errors',
      value: formatShare(values.errors),
      beside: failedText(total),
    },
    { label: 'Succeeded', value: formatRate(values.rate), beside: `${formatRate(values.started_rate)} started` },
    ...latency('Response', 'response_time'),
    ...latency('First token', 'ttft'),
    ...latency('Per token', 'tpot'),
    ...rate('Output tokens', 'output_token_rate', 'tokens_per_second', 'of all users together'),
    ...rate('Goodput', 'goodput', 'per_second', 'met every objective'),
  ].map((tile) => ({ ...tile, value: tile.value || UNKNOWN }))
}
