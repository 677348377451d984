/** Parses the text format of Prometheus, version 0.0.4, piece by piece as it arrives. Lines that do not fit the format are counted and ignored. */

/** One sample in the text format of Prometheus: a metric, its labels and its value. */
export interface PrometheusSample {
  readonly name: string
  /** The labels of the sample in the order of its line, with escapes decoded. */
  readonly labels: readonly (readonly [name: string, value: string])[]
  /** The value of the sample; it may be NaN or infinite. */
  readonly value: number
}

/** The longest accepted line, in UTF-16 units. A longer line is skipped. */
const MAX_LINE = 16_384
/** The largest number of labels in one line. */
const MAX_LABELS = 64
/** The largest number of samples that burn keeps from one reply of a Prometheus metrics endpoint. */
export const MAX_SAMPLES = 20_000

const NAME = /[A-Za-z_:][\w:]*/y
const LABEL = /[A-Za-z_]\w*/y
/** Matches a number in Go's notation. The pattern has no alternatives that overlap, so that matching takes linear time. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' }

/**
 * Parses the reply of a metrics endpoint in the text format of Prometheus. It takes the reply piece by piece, so that a large reply does not block
 * the event loop.
 */
export class PrometheusReader {
  readonly samples: PrometheusSample[] = []
  /** The types of metrics by name: counter, gauge, histogram, summary, untyped. */
  readonly types = new Map<string, string>()
  /** Number of lines that do not fit the format. */
  badLines = 0
  /** Number of samples that were left out because there were more than `MAX_SAMPLES`. */
  leftOut = 0
  private rest = ''
  /** True while the rest of a line that is too long is skipped. */
  private skipping = false
  private readonly selects: (name: string) => boolean

  /** `selects` returns true for the names of metrics whose samples are kept. Labels and values of other metrics are not parsed. */
  constructor(selects: (name: string) => boolean) {
    this.selects = selects
  }

  push(text: string): void {
    let from = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      this.line(this.rest + text.slice(from, end))
      this.rest = ''
      from = end + 1
    }
    this.rest += text.slice(from)
    if (this.rest.length <= MAX_LINE) return
    this.rest = ''
    if (!this.skipping) this.badLines += 1
    this.skipping = true
  }

  /** Parses the last line, which need not have a line end. */
  end(): void {
    this.push('\n')
  }

  private line(text: string): void {
    if (this.skipping) {
      this.skipping = false
      return
    }
    const line = text.trim()
    if (line === '') return
    if (line.startsWith('#')) this.comment(line)
    else if (line.length > MAX_LINE || !this.sample(line)) this.badLines += 1
  }

  private comment(line: string): void {
    const [, kind, name, type] = line.split(/\s+/, 4)
    if (kind === 'TYPE' && name !== undefined && type !== undefined && this.selects(name))
      this.types.set(name, type.toLowerCase())
  }

  /** Parses a line with a sample; returns false when the line is not one. */
  private sample(line: string): boolean {
    NAME.lastIndex = 0
    const name = NAME.exec(line)?.[0]
    if (name === undefined) return false
    if (!this.selects(name)) return true
    const read = readLabels(line, name.length)
    if (read === undefined) return false
    const [number = '', time, ...more] = line.slice(read.end).trim().split(/\s+/)
    const value = readValue(number)
    if (value === undefined || more.length > 0 || (time !== undefined && !/^-?\d+$/.test(time))) return false
    if (this.samples.length < MAX_SAMPLES) this.samples.push({ name, labels: read.labels, value })
    else this.leftOut += 1
    return true
  }
}

function readValue(text: string): number | undefined {
  if (NUMBER.test(text)) return Number(text)
  const [, sign, word] = /^([+-]?)(inf|infinity|nan)$/i.exec(text) ?? []
  if (word === undefined) return undefined
  if (/^nan$/i.test(word)) return Number.NaN
  return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

const skipBlanks = (line: string, from: number) => {
  let at = from
  while (line[at] === ' ' || line[at] === '\t') at += 1
  return at
}

/** Parses optional labels such as `{a="b",c="d"}` at index `from`; undefined when they break the format. */
function readLabels(line: string, from: number): { labels: PrometheusSample['labels']; end: number } | undefined {
  const labels: [string, string][] = []
  let at = skipBlanks(line, from)
  if (line[at] !== '{') return { labels, end: at }
  at = skipBlanks(line, at + 1)
  while (line[at] !== '}') {
    LABEL.lastIndex = at
    const name = LABEL.exec(line)?.[0]
    if (name === undefined || labels.length === MAX_LABELS) return undefined
    at = skipBlanks(line, at + name.length)
    if (line[at] !== '=') return undefined
    at = skipBlanks(line, at + 1)
    const quoted = line[at] === '"' ? readQuoted(line, at + 1) : undefined
    if (quoted === undefined) return undefined
    labels.push([name, quoted.text])
    at = skipBlanks(line, quoted.end)
    if (line[at] === ',') at = skipBlanks(line, at + 1)
    else if (line[at] !== '}') return undefined
  }
  return { labels, end: at + 1 }
}

/** Parses a text up to its closing quote; `end` is the index after the quote. Undefined when there is no closing quote. */
function readQuoted(line: string, from: number): { text: string; end: number } | undefined {
  let text = ''
  for (let at = from; at < line.length; at += 1) {
    const char = line[at] ?? ''
    if (char === '"') return { text, end: at + 1 }
    if (char !== '\\') text += char
    else {
      at += 1
      const escaped = line[at] ?? ''
      // A backslash before any other character is kept, as in Prometheus.
      text += ESCAPES[escaped] ?? `\\${escaped}`
    }
  }
  return undefined
}
