import { traceLines } from '../../load/trace/facts.ts'
import { formatShare, formatValue } from '../../report/text/format.ts'
import { lineSafe } from '../../text/escape.ts'
import { formatBytes, formatGrouped, formatMs } from '../../text/units.ts'
import type { Assumptions, Forecast } from './forecast.ts'
import { needsText } from './needs.ts'
import type { PhaseForecast } from './phases.ts'
import { isExact, type Range } from './range.ts'

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
const number = (value: number) => (Number.isFinite(value) ? formatGrouped(value, 1) : 'any number')

/** Formats a rate per second, "20/s"; a slow rate is given per minute or hour: "2/m". */
function rateText(perSecond: number, of = ''): string {
  if (perSecond === 0 || perSecond >= 1) return `${number(perSecond)}${of}/s`
  return perSecond * 60 >= 1 ? `${number(perSecond * 60)}${of}/m` : `${number(perSecond * 3600)}${of}/h`
}

/** Formats the forecast of a number: "120", "about 1,200 (at most 3,000)", "at most 3,000" or "depends on the replies". */
export function rangeText(range: Range): string {
  if (isExact(range)) return number(range.least)
  const bound = Number.isFinite(range.most) ? `at most ${number(range.most)}` : ''
  if (range.likely === null) return bound === '' ? 'depends on the replies' : bound
  if (range.likely === range.most) return bound
  return `about ${number(Math.round(range.likely * 10) / 10)}${bound === '' ? '' : ` (${bound})`}`
}

/** Draws numbers as a row of bar characters, one for each number. The highest bar stands for `top`, a dot for zero. */
export function sparkline(values: readonly number[], top: number): string {
  return values
    .map((value) =>
      value <= 0 || top <= 0 ? '·' : (BARS[Math.min(BARS.length - 1, Math.floor((value / top) * BARS.length))] ?? '█'),
    )
    .join('')
}

function phaseLines(phase: PhaseForecast, tops: Readonly<Record<'open' | 'closed', number>>): string[] {
  const { name, warmup, model, addsUsers, startMs, lengthMs, curve, iterations, users, peakRate } = phase
  const when = `${startMs === null ? 'then' : `at ${formatMs(startMs)}`}, ${lengthMs === null ? 'until its iterations are done' : `for ${formatMs(lengthMs)}`}`
  const highest = Math.max(...curve)
  const what = model === 'open' ? `${rateText(highest)} at the peak` : `${number(users.most)} users`
  const pace = model === 'closed' && peakRate !== null ? `, about ${rateText(peakRate, ' iterations')}` : ''
  const busy = model === 'open' ? `, users ${addsUsers ? 'as needed, ' : ''}${rangeText(users)}` : ''
  return [
    `  ${name}${warmup ? ' (warm-up)' : ''}: ${phase.shape}, ${when}`,
    `    ${sparkline(curve, tops[model])}  ${what}${pace}${busy}`,
    `    iterations ${rangeText(iterations)}`,
    ...(phase.trace ? traceLines(phase.trace).map((line) => `    ${line}`) : []),
  ]
}

function row(label: string, value: string): string {
  return `  ${label.padEnd(12)}${value}`
}

function limitText(limit: number | null): string {
  return limit === null ? 'unknown' : number(limit)
}

function tokenRows({ tokens, money, phases }: Forecast): string[] {
  const amount = (value: number, currency = money.currency) =>
    `${formatValue(value, 'currency')}${currency === null ? '' : ` ${lineSafe(currency)}`}`
  const each = money.perCurrency ?? [{ currency: money.currency, cost: tokens?.cost ?? null, hardware: money.hardware }]
  const amounts = (of: 'cost' | 'hardware') =>
    each.flatMap(({ currency, [of]: value }) => (value === null ? [] : [amount(value, currency)])).join(' and ')
  const hardware = amounts('hardware') === '' ? [] : [row('hardware', `${amounts('hardware')} while the load lasts`)]
  if (!tokens) {
    const unknown = phases.some(({ trace }) => trace)
      ? 'as the trace says, if the steps send what it recorded'
      : 'unknown: they need `maxTokens` of the target, and steps that do not depend on replies'
    const ceiling = money.ceiling === null ? [] : [row('cost', `at most about ${amount(money.ceiling)}: there the run ends`)]
    return [row('tokens', unknown), ...ceiling, ...hardware]
  }
  const { input, output, cost } = tokens
  return [
    row('tokens', `at most ${number(input)} in, ${number(output)} out (estimate: characters ÷ 4, maxTokens)`),
    row(
      'cost',
      amounts('cost') === ''
        ? 'unknown: the target has no `pricing`'
        : `at most ${amounts('cost')} (estimate)${cost === null ? '' : ceilingText(cost, money.ceiling, amount)}`,
    ),
    ...hardware,
  ]
}

function ceilingText(cost: number, ceiling: number | null, amount: (value: number) => string): string {
  if (ceiling === null) return ''
  if (cost <= ceiling) return `, within the ceiling of ${amount(ceiling)}`
  return `; the ceiling of ${amount(ceiling)} may end the run after ${formatShare(ceiling / cost)} of it`
}

function dataRows({ data }: Forecast): string[] {
  return data.map(({ name, file, pick, rows }, index) =>
    row(index === 0 ? 'data' : '', `${name}: ${file}, ${rows === null ? 'more than 1,000,000' : number(rows)} rows, ${pick}`),
  )
}

/** Formats the forecast of `burn plan` for a terminal: the load, the requests and the cost of a run that has not started. */
export function renderForecast(plan: Forecast, { replyMs }: Assumptions): string {
  const tops = { open: topOf(plan, 'open'), closed: topOf(plan, 'closed') }
  const { iteration, machine } = plan
  const most = plan.loadMs === null ? 'until the iterations are done' : formatMs(plan.loadMs)
  const think = iteration.thinkMs === null ? '' : `, ${formatMs(Math.round(iteration.thinkMs))} of think time`
  return `${[
    `${plan.name}  (nothing was sent; estimates take a reply to last ${formatMs(replyMs)}: --reply-time)`,
    ...plan.targets.map(({ name, url, protocol }) => `  ${name}: ${url} (${protocol})`),
    '',
    'load',
    ...plan.phases.flatMap((phase) => phaseLines(phase, tops)),
    '',
    'in all',
    row('duration', `${most}, then up to ${formatMs(plan.gracefulMs)} for what is in flight`),
    row('iterations', rangeText(plan.iterations)),
    row('attempts', `${rangeText(plan.attempts)}; per iteration ${rangeText(iteration.attempts)}${think}`),
    ...iteration.steps.map(({ name, attempts, toolRounds }) =>
      row('', `${name}: ${rangeText(attempts)} per iteration${toolRounds ? ` (${toolRounds} rounds of tools at most)` : ''}`),
    ),
    ...tokenRows(plan),
    ...dataRows(plan),
    row('users', rangeText(plan.users)),
    row(
      'sockets',
      `at most ${number(plan.sockets)}; open files allowed ${limitText(machine.openFiles)}, local ports ${limitText(machine.localPorts)}`,
    ),
    row('needs', needsText(plan.users.most, plan.needs)),
    row('memory', `about ${formatBytes(plan.memoryBytes)} with all of them at work (estimate)`),
    row('seed', plan.seed),
    ...(plan.warnings.length === 0 ? [] : ['', ...plan.warnings.map((warning) => `! ${warning}`)]),
  ].join('\n')}\n`
}

function topOf({ phases }: Forecast, model: 'open' | 'closed'): number {
  return Math.max(0, ...phases.filter((phase) => phase.model === model).flatMap(({ curve }) => curve))
}
