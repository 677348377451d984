/** Formats metrics as lines of StatsD. A StatsD server adds counters up itself, so each snapshot is sent as the difference to the one before. */
import type { Pieces } from '../../pieces.ts'
import type { Attributes, ExportRow, ExportSnapshot, Spread } from '../points/point.ts'
import { shortened } from '../points/view.ts'

/**
 * The form of StatsD in which metrics are written: plain StatsD has no tags, so attributes become a part of the name; Datadog's form has tags and
 * distributions.
 */
export type StatsdForm = 'statsd' | 'datadog'

/** The largest number of samples that one line may stand for, because a smaller rate would be written with an exponent. */
const MAX_PER_LINE = 100_000
/** The number of neighbouring ranges of a distribution that are sent as one, by the mean of their samples: within 4.4 % of the value. */
const STEPS_TOGETHER = 2
/** The largest number of digits after the decimal point; a number closer to zero is written as 0. */
const MAX_DECIMALS = 20
/** The cost of writing one line, in work units (see `Pieces`). */
const UNITS_PER_LINE = 100
/** The cost of putting one packet together, in work units (see `Pieces`). */
const UNITS_PER_PACKET = 200
/** The longest name or value of a tag, in characters. */
const MAX_PART = 100

/** The samples in one range of a distribution; for a sum, only the field `sum` is used. */
interface RangeSamples {
  count: number
  sum: number
}

/**
 * What was sent to a StatsD server so far, from which follows what is new in the next snapshot. For each series (a metric with its tags), it holds a
 * map from ranges of values to the count and sum of the samples sent.
 */
export type SentSeries = Map<string, Map<number, Readonly<RangeSamples>>>
/** The index that stands for a sum, which has no ranges of values. */
const WHOLE = 0

/**
 * One line of text for a StatsD server. A counter or a timing is sent as what is new since the previous line of its series; `then` is this part, to
 * be added to `SentSeries` (what was sent so far) once the line was sent. It is left out for a gauge, whose whole value is sent each time.
 */
export interface StatsdLine {
  readonly text: string
  readonly then?: { readonly key: string; readonly index: number; readonly sent: Readonly<RangeSamples> }
}

/** One series of a StatsD metric. Points whose attributes become the same in StatsD's form are sent as one series. */
interface StatsdSeries {
  readonly row: ExportRow
  readonly name: string
  readonly tags: string
  value: number
  readonly steps: Map<number, RangeSamples>
}

/** Returns the exported metrics of a run as lines of StatsD. Sums are sent as the difference to what was sent before, which `before` holds. */
export function* statsdLines(snapshot: ExportSnapshot, form: StatsdForm, before: SentSeries): Pieces<StatsdLine[]> {
  const lines: StatsdLine[] = []
  for (const series of (yield* seriesOf(snapshot, form)).values()) {
    const { kind } = series.row
    if (kind === 'gauge') lines.push(gauge(series, form))
    if (kind === 'sum') lines.push(...counter(series, before))
    for (const [index, step] of series.steps) {
      lines.push(...samples(series, index, step, before, form))
      yield UNITS_PER_LINE
    }
    yield UNITS_PER_LINE
  }
  return lines
}

function* seriesOf({ metrics }: ExportSnapshot, form: StatsdForm): Pieces<ReadonlyMap<string, StatsdSeries>> {
  const all = new Map<string, StatsdSeries>()
  for (const { row, points } of metrics)
    for (const point of points) {
      const [name, tags] = form === 'datadog' ? [row.name, tagsOf(point.attributes)] : [dotted(row.name, point.attributes), '']
      const series = all.get(`${name}${tags}`) ?? { row, name, tags, value: 0, steps: new Map<number, RangeSamples>() }
      all.set(`${name}${tags}`, series)
      if ('spread' in point) addSteps(point.spread, series.steps)
      else series.value = row.kind === 'gauge' ? point.value : series.value + point.value
      yield UNITS_PER_LINE
    }
  return all
}

/** Records in `sent` that a StatsD line was sent, so that the next snapshot sends only the difference. */
export function note(sent: SentSeries, { then }: StatsdLine): void {
  if (then === undefined) return
  const steps = sent.get(then.key) ?? new Map<number, Readonly<RangeSamples>>()
  sent.set(then.key, steps.set(then.index, then.sent))
}

function counter({ name, value, tags }: StatsdSeries, before: SentSeries): StatsdLine[] {
  const key = `${name}${tags}`
  const more = value - (before.get(key)?.get(WHOLE)?.sum ?? 0)
  return more > 0
    ? [{ text: `${name}:${plain(more)}|c${tags}`, then: { key, index: WHOLE, sent: { count: 0, sum: value } } }]
    : []
}

/** Returns the line for a gauge. In StatsD a signed number changes a gauge, so a value below zero is sent after a 0. */
function gauge({ name, value, tags }: StatsdSeries, form: StatsdForm): StatsdLine {
  const text = `${name}:${plain(value)}|g${tags}`
  return { text: value < 0 && form === 'statsd' ? `${name}:0|g${tags}\n${text}` : text }
}

/**
 * Returns a line for new samples of nearly equal values, whose rate says how many they are. Each sample is sent once. Times are in ms, as usual in
 * StatsD.
 */
function samples(
  { name, row: { unit }, tags }: StatsdSeries,
  index: number,
  { count, sum }: RangeSamples,
  before: SentSeries,
  form: StatsdForm,
): StatsdLine[] {
  const key = `${name}${tags}`
  const known = before.get(key)?.get(index) ?? { count: 0, sum: 0 }
  const mean = (sum - known.sum) / (count - known.count)
  const value = plain(Number((mean * (unit === 's' ? 1000 : 1)).toPrecision(9)))
  const lines: StatsdLine[] = []
  for (let left = count - known.count; left > 0; left -= MAX_PER_LINE) {
    const n = Math.min(left, MAX_PER_LINE)
    const text = `${name}:${value}|${form === 'datadog' ? 'd' : 'ms'}${n === 1 ? '' : `|@${plain(1 / n)}`}${tags}`
    const behind = left - n
    lines.push({ text, then: { key, index, sent: { count: count - behind, sum: sum - mean * behind } } })
  }
  return lines
}

/** Formats a number without an exponent, because StatsD does not allow one. */
function plain(value: number): string {
  const text = String(value)
  if (!text.includes('e')) return text
  return Math.abs(value) >= 1 ? String(BigInt(value)) : value.toFixed(MAX_DECIMALS).replace(/\.?0+$/, '')
}

function addSteps(spread: Spread, steps: Map<number, RangeSamples>): void {
  for (const { index, count, sum } of spread.steps) {
    const of = Math.floor(index / STEPS_TOGETHER)
    const step = steps.get(of)
    if (step) {
      step.count += count
      step.sum += sum
    } else steps.set(of, { count, sum })
  }
}

/** Formats tags such as `|#step:a,outcome:ok`. Characters that StatsD does not allow in tags become `_`. */
function tagsOf(attributes: Attributes): string {
  const tags = Object.entries(attributes).map(([key, value]) => `${key}:${part(value, /[^\p{L}\p{N}_./:-]/gu)}`)
  return `|#${tags.join(',')}`
}

/** Formats a name such as `burn.attempts.step.ok`, which ends with the values of the attributes. */
const dotted = (name: string, attributes: Attributes) =>
  [name, ...Object.values(attributes).map((value) => part(value, /[^\w-]/g))].join('.')

/** Words for the comparisons in thresholds and checks. If all became `_`, `p95 < 1s` and `p95 > 1s` would be one series. */
const COMPARISONS: Readonly<Record<string, string>> = { '<': 'lt', '<=': 'le', '>': 'gt', '>=': 'ge', '==': 'eq', '!=': 'ne' }

function part(value: string, forbidden: RegExp): string {
  const words = shortened(value, MAX_PART).replace(/[<>]=?|[=!]=/g, (sign) => COMPARISONS[sign] ?? sign)
  return words.toWellFormed().replace(forbidden, '_') || '_'
}

/** Groups StatsD lines into UDP packets of at most `maxBytes` bytes. Lines that are longer than a packet are returned separately, as `tooLong`. */
export function* packetsOf<Line extends Pick<StatsdLine, 'text'>>(
  lines: readonly Line[],
  maxBytes: number,
): Pieces<{ readonly packets: readonly (readonly Line[])[]; readonly tooLong: readonly Line[] }> {
  const packets: Line[][] = []
  const tooLong: Line[] = []
  let left = 0
  for (const line of lines) {
    const length = Buffer.byteLength(line.text)
    const packet = packets.at(-1)
    if (length > maxBytes) tooLong.push(line)
    else if (packet && length + 1 <= left) {
      packet.push(line)
      left -= length + 1
    } else {
      packets.push([line])
      left = maxBytes - length
      yield UNITS_PER_PACKET
    }
  }
  return { packets, tooLong }
}
