/** Metrics as lines of StatsD, which counts itself: each state is sent as the difference to the one before. */
import type { Pieces } from '../../pieces.ts'
import type { Attributes, ExportRow, ExportSnapshot, Spread } from '../points/point.ts'

/** Plain StatsD, where attributes become a part of the name because it has no tags, or Datadog's form with tags and distributions. */
export type StatsdForm = 'statsd' | 'datadog'

/** Samples that one line may stand for: a smaller rate would be written with an exponent. */
const MAX_PER_LINE = 100_000
/** Steps of a spread that are sent as one, by the mean of their samples: 4.4 % of its value. */
const STEPS_TOGETHER = 2
/** What writing one line takes, in units of `Pieces`. */
const UNITS_PER_LINE = 50
/** Longest name or value of a tag, in characters. */
const MAX_PART = 100

/** What was sent to a StatsD server so far, by series: the value of a sum, and count and sum of each step of a histogram. */
export type SentSeries = ReadonlyMap<string, number | ReadonlyMap<number, Step>>
interface Step {
  count: number
  sum: number
}

/** Lines, and what was sent once they have gone out. */
interface StatsdLines {
  readonly lines: readonly string[]
  readonly sent: SentSeries
}

/** One series of StatsD: attributes that are alike in its form are sent together. */
interface Series {
  readonly row: ExportRow
  readonly name: string
  readonly tags: string
  value: number
  readonly steps: Map<number, Step>
}

/** Makes the StatsD lines for a snapshot of the metrics. `before` is what was sent earlier: sums are sent as the difference to it. */
export function* statsdLines(snapshot: ExportSnapshot, form: StatsdForm, before: SentSeries = new Map()): Pieces<StatsdLines> {
  const sent = new Map<string, number | ReadonlyMap<number, Step>>()
  const lines: string[] = []
  for (const [key, series] of yield* seriesOf(snapshot, form)) {
    const { row, name, tags, value, steps } = series
    const known = before.get(key)
    if (row.kind === 'gauge') lines.push(...gauge(name, value, tags, form))
    else if (row.kind === 'sum') lines.push(...counter(name, value, typeof known === 'number' ? known : 0, tags))
    else lines.push(...samples(series, typeof known === 'object' ? known : new Map(), form))
    sent.set(key, row.kind === 'histogram' ? steps : value)
    yield UNITS_PER_LINE * (1 + steps.size)
  }
  return { lines, sent }
}

function* seriesOf({ metrics }: ExportSnapshot, form: StatsdForm): Pieces<ReadonlyMap<string, Series>> {
  const all = new Map<string, Series>()
  for (const { row, points } of metrics)
    for (const point of points) {
      const [name, tags] = form === 'datadog' ? [row.name, tagsOf(point.attributes)] : [dotted(row.name, point.attributes), '']
      const series = all.get(`${name}${tags}`) ?? { row, name, tags, value: 0, steps: new Map<number, Step>() }
      all.set(`${name}${tags}`, series)
      if ('spread' in point) addSteps(point.spread, series.steps)
      else series.value = row.kind === 'gauge' ? point.value : series.value + point.value
      yield UNITS_PER_LINE
    }
  return all
}

const counter = (name: string, value: number, before: number, tags: string): string[] =>
  value > before ? [`${name}:${value - before}|c${tags}`] : []

/** In StatsD a sign makes a change of a gauge: a value below zero is sent as one from zero. */
function gauge(name: string, value: number, tags: string, form: StatsdForm): string[] {
  return [...(value < 0 && form === 'statsd' ? [`${name}:0|g${tags}`] : []), `${name}:${value}|g${tags}`]
}

/** Each sample is sent once: many of about the same value by one line with a rate. Times are in ms, as everywhere in StatsD. */
function samples({ name, row: { unit }, tags, steps }: Series, before: ReadonlyMap<number, Step>, form: StatsdForm): string[] {
  const lines: string[] = []
  for (const [index, { count, sum }] of steps) {
    const known = before.get(index) ?? { count: 0, sum: 0 }
    const value = ((sum - known.sum) / (count - known.count)) * (unit === 's' ? 1000 : 1)
    for (let left = count - known.count; left > 0; left -= MAX_PER_LINE) {
      const n = Math.min(left, MAX_PER_LINE)
      lines.push(
        `${name}:${Number(value.toPrecision(9))}|${form === 'datadog' ? 'd' : 'ms'}${n === 1 ? '' : `|@${1 / n}`}${tags}`,
      )
    }
  }
  return lines
}

function addSteps(spread: Spread, steps: Map<number, Step>): void {
  for (const { index, count, sum } of spread.steps) {
    const of = Math.floor(index / STEPS_TOGETHER)
    const step = steps.get(of)
    if (step) {
      step.count += count
      step.sum += sum
    } else steps.set(of, { count, sum })
  }
}

/** `|#step:a,outcome:ok`; what the form does not allow in tags becomes `_`. */
function tagsOf(attributes: Attributes): string {
  const tags = Object.entries(attributes).map(([key, value]) => `${key}:${part(value, /[^\p{L}\p{N}_./:-]/gu)}`)
  return `|#${tags.join(',')}`
}

/** `burn.attempts.step.ok`: the values of the attributes stand behind the name. */
const dotted = (name: string, attributes: Attributes) =>
  [name, ...Object.values(attributes).map((value) => part(value, /[^\w-]/g))].join('.')

const part = (value: string, forbidden: RegExp) => value.slice(0, MAX_PART).toWellFormed().replace(forbidden, '_') || '_'

/** Joins lines into UDP packets of at most `maxBytes`; lines that are longer than that are left out and counted. */
export function packetsOf(lines: readonly string[], maxBytes: number): { packets: Buffer[]; tooLong: number } {
  const packets: Buffer[] = []
  let waiting: string[] = []
  let bytes = 0
  let tooLong = 0
  const flush = () => {
    if (waiting.length > 0) packets.push(Buffer.from(waiting.join('\n')))
    waiting = []
    bytes = 0
  }
  for (const line of lines) {
    const length = Buffer.byteLength(line)
    if (length > maxBytes) {
      tooLong += 1
      continue
    }
    if (bytes + length + 1 > maxBytes + 1) flush()
    waiting.push(line)
    bytes += length + 1
  }
  flush()
  return { packets, tooLong }
}
