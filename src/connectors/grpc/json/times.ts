/** A protobuf timestamp or duration: seconds as a text, because they may exceed the exact range of a number, and nanoseconds. */
interface ProtoMoment {
  readonly seconds: string
  readonly nanos: number
}

const TIMESTAMP = /^(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/
const DURATION = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/
const MAX_DURATION = 315_576_000_000
/** The first and the last second of a protobuf timestamp (0001-01-01 and 9999-12-31T23:59:59), in seconds since 1970. */
const FIRST = -62_135_596_800
const LAST = 253_402_300_799

/** Parses the JSON form of a protobuf timestamp (RFC 3339 text); undefined when the text is no timestamp. */
export function readTimestamp(text: string): ProtoMoment | undefined {
  const [, time, fraction = '', zone] = TIMESTAMP.exec(text) ?? []
  if (time === undefined || zone === undefined) return undefined
  const ms = Date.parse(`${time.toUpperCase()}${zone.toUpperCase()}`)
  return Number.isNaN(ms) ? undefined : { seconds: String(ms / 1000), nanos: Number(fraction.padEnd(9, '0')) }
}

/** Parses the JSON form of a protobuf duration, in seconds, such as `1.5s`; undefined when the text is no duration. */
export function readDuration(text: string): ProtoMoment | undefined {
  const [, sign = '', seconds, fraction = ''] = DURATION.exec(text) ?? []
  if (seconds === undefined || Number(seconds) > MAX_DURATION) return undefined
  const nanos = Number(fraction.padEnd(9, '0'))
  return { seconds: `${sign}${seconds}`, nanos: sign === '-' ? -nanos || 0 : nanos }
}

/** Formats a protobuf timestamp as RFC 3339 text; undefined outside the years 1 to 9999. */
export function writeTimestamp({ seconds, nanos }: ProtoMoment): string | undefined {
  const at = Number(seconds)
  if (!(at >= FIRST && at <= LAST && nanos >= 0 && nanos < 1e9)) return undefined
  return `${new Date(at * 1000).toISOString().slice(0, 19)}${fractionOf(nanos)}Z`
}

/** Formats a protobuf duration in seconds, such as `1.5s`; undefined when it is out of range. */
export function writeDuration({ seconds, nanos }: ProtoMoment): string | undefined {
  const whole = Number(seconds)
  if (Math.abs(whole) > MAX_DURATION || Math.abs(nanos) >= 1e9 || whole * nanos < 0) return undefined
  return `${whole < 0 || nanos < 0 ? '-' : ''}${Math.abs(whole)}${fractionOf(Math.abs(nanos))}s`
}

/** Formats the fraction of a second, given in ns, with three, six or nine digits; '' for 0. */
function fractionOf(nanos: number): string {
  if (nanos === 0) return ''
  const digits = String(nanos).padStart(9, '0')
  return `.${digits.endsWith('000000') ? digits.slice(0, 3) : digits.endsWith('000') ? digits.slice(0, 6) : digits}`
}
