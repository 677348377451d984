/** Converts texts with units, such as "250ms", "20/s", "4KB" and "1%", to numbers and back. A number without a unit is an error. */

const MS_PER_UNIT: Record<string, number> = {
  us: 0.001,
  µs: 0.001,
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}
const DURATION_PART = /(\d+(?:\.\d+)?)(us|µs|ms|s|m|h|d)/y
const DURATION = /^(?:\d+(?:\.\d+)?(?:us|µs|ms|s|m|h|d))+$/
const RATE = /^(\d+(?:\.\d+)?\s*[kMG]?)\s*\/\s*(s|min|m|h)$/
const SIZE = /^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB|KiB|MiB|GiB)$/
const AMOUNT = /^(\d+(?:_\d+)*(?:\.\d+)?(?:[eE]\d{1,2})?)\s*([kMG]?)$/
const THINGS_PER_UNIT: Record<string, number> = { '': 1, k: 1e3, M: 1e6, G: 1e9 }
const BYTES_PER_UNIT: Record<string, number> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
}

const PERCENT = /^(\d+(?:\.\d+)?)\s*%$/
const PER_SECOND = /\/\s*s\s*$/

/** The longest duration in ms that is accepted: 24 days, because Node's timers fire at once for longer ones. */
const MAX_DURATION_MS = 24 * 86_400_000

/** Parses "500ms", "1m30s" or "2h" to milliseconds; undefined when the text is no duration, or is longer than 24 days. */
export function parseDuration(text: string): number | undefined {
  const duration = parseAge(text)
  return duration !== undefined && duration <= MAX_DURATION_MS ? duration : undefined
}

/** Parses an age such as "7d" or "90d12h" to milliseconds; undefined for any other text. Unlike a duration, it may be longer than 24 days. */
export function parseAge(text: string): number | undefined {
  const trimmed = text.trim()
  if (!DURATION.test(trimmed)) return undefined
  let total = 0
  DURATION_PART.lastIndex = 0
  for (let part = DURATION_PART.exec(trimmed); part; part = DURATION_PART.exec(trimmed)) {
    total += Number(part[1]) * (MS_PER_UNIT[part[2] ?? ''] ?? Number.NaN)
  }
  return total
}

/** Parses "20/s", "1k/s", "90/m" (or "90/min") or "1000/h" to events per second; undefined when the text is no rate. */
export function parseRate(text: string): number | undefined {
  const [, amount = '', unit = ''] = RATE.exec(text.trim()) ?? []
  const events = unrounded(amount)
  return events === undefined ? undefined : (events * 1000) / (MS_PER_UNIT[unit] ?? Number.NaN)
}

/** Parses "64KiB" or "1MB" to bytes; undefined when the text is not a size. */
export function parseSize(text: string): number | undefined {
  const match = SIZE.exec(text.trim())
  return match ? Number(match[1]) * (BYTES_PER_UNIT[match[2] ?? ''] ?? Number.NaN) : undefined
}

/** Parses "100KiB/s" to bytes per second; undefined when the text is not a bandwidth. */
export function parseByteRate(text: string): number | undefined {
  return PER_SECOND.test(text) ? parseSize(text.replace(PER_SECOND, '')) : undefined
}

/** Parses a number such as "100k", "1.5M", "2000", "2_000" or "2e3" and rounds it to a whole number; undefined for any other text. */
export function parseAmount(text: string): number | undefined {
  const amount = unrounded(text)
  return amount === undefined ? undefined : Math.round(amount)
}

/** Parses a whole number such as "100k" or "2000"; undefined for any other text, and for a number below `min` or above `max`. */
export function parseCount(text: string, min: number, max: number): number | undefined {
  const count = unrounded(text)
  return Number.isSafeInteger(count) && count !== undefined && count >= min && count <= max ? count : undefined
}

function unrounded(text: string): number | undefined {
  const [, digits, unit = ''] = AMOUNT.exec(text.trim()) ?? []
  if (digits === undefined) return undefined
  // 1.1 * 1000 is not exactly 1100 in binary, so the product is rounded to 15 digits.
  return Number((Number(digits.replaceAll('_', '')) * (THINGS_PER_UNIT[unit] ?? Number.NaN)).toPrecision(15))
}

/** Parses "5%" or "0.1%" to a fraction (0.05, 0.001), which is above 1 for more than 100 %; undefined when the text is no percentage. */
export function parsePercent(text: string): number | undefined {
  const match = PERCENT.exec(text.trim())
  return match ? Number(match[1]) / 100 : undefined
}

/** Formats milliseconds for people: "0.0004ms", "0.42ms", "12ms", "1.35s", "2m05s", "1h02m", "3d04h". A number that is not finite becomes "–". */
export function formatMs(ms: number): string {
  if (!Number.isFinite(ms)) return '–'
  if (ms < 0) return `-${formatMs(-ms)}`
  // A duration above zero is never shown as 0ms, because a limit of 1µs is not a limit of 0.
  if (ms > 0 && ms < 0.005) return `${trimZeros(ms.toFixed(Math.min(20, 1 - Math.floor(Math.log10(ms)))))}ms`
  if (ms < 9.995) return `${trimZeros(ms.toFixed(2))}ms`
  if (ms < 99.95) return `${trimZeros(ms.toFixed(1))}ms`
  if (ms < 999.5) return `${Math.round(ms)}ms`
  if (ms < 59_995) return `${trimZeros((ms / 1000).toFixed(2))}s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return withRest(Math.floor(seconds / 60), 'm', seconds % 60, 's')
  const minutes = Math.round(seconds / 60)
  if (minutes < 1440) return withRest(Math.floor(minutes / 60), 'h', minutes % 60, 'm')
  const hours = Math.round(minutes / 60)
  return withRest(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

function withRest(whole: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${whole}${unit}` : `${whole}${unit}${String(rest).padStart(2, '0')}${restUnit}`
}

function trimZeros(text: string): string {
  return text.replace(/\.?0+$/, '')
}

/** Formats a number of bytes for people: "512 B", "1.5 KiB", "20 MiB". */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${unit === 0 ? value : trimZeros(value.toFixed(1))} ${units[unit]}`
}

/**
 * Formats a number with thousands separators and at most `digits` decimals, halves rounded away from zero: "1,234.5". Gives the same text as
 * `Intl.NumberFormat` for en-US, whose first use takes longer than a whole `burn --version`.
 */
export function formatGrouped(value: number, digits = 0): string {
  // Above this, whole numbers are not exact, and from 1e21 on JavaScript does not write all of their digits.
  if (!(Math.abs(value) * 10 ** digits < Number.MAX_SAFE_INTEGER))
    return value.toLocaleString('en-US', { maximumFractionDigits: digits })
  // Rounded in its decimal digits, so that 1.005 becomes 1.01 although its binary value is smaller.
  const [mantissa, exponent = '0'] = String(Math.abs(value)).split('e')
  const scaled = Math.round(Number(`${mantissa}e${Number(exponent) + digits}`))
  const [whole = '', decimals] = String(scaled / 10 ** digits).split('.')
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',')
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  return `${sign}${decimals === undefined ? grouped : `${grouped}.${decimals}`}`
}
