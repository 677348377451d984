/** Built-in service levels for `--slo`: a set of thresholds for each kind of system. */

/** The limits of a service level. */
interface ServiceLevel {
  readonly errors: number
  readonly p95: number
  readonly p99?: number
  /** Smallest rate of ok attempts, per second. */
  readonly rate: number
}

/** The service levels by name: errors in percent, response times in ms, rate per second. */
const LEVELS = {
  websocket: { errors: 1, p95: 100, p99: 200, rate: 10 },
  mqtt: { errors: 2, p95: 200, p99: 500, rate: 5 },
  http: { errors: 0.5, p95: 300, p99: 1000, rate: 20 },
  spike: { errors: 10, p95: 2000, rate: 0.5 },
} as const satisfies Readonly<Record<string, ServiceLevel>>

/** The name of a service level that `--slo` takes, such as `http`: a built-in set of thresholds. */
type SloName = keyof typeof LEVELS

/** The names of all service levels (ready-made sets of thresholds) that `--slo` takes. */
export const SLO_NAMES = Object.keys(LEVELS) as SloName[]

/** A warning comes when this share of a limit is used: half of the errors, four fifths of the p95. */
const [WARN_ERRORS, WARN_P95] = [0.5, 0.8]

/**
 * Returns the thresholds of a service level, as a scenario would write them: limits on errors, response times and rate, and stricter limits that only
 * warn.
 */
export function sloThresholds(name: SloName): unknown[] {
  const { errors, p95, rate, ...more }: ServiceLevel = LEVELS[name]
  return [
    `errors <= ${errors}%`,
    `response_time p95 <= ${p95}ms`,
    ...(more.p99 === undefined ? [] : [`response_time p99 <= ${more.p99}ms`]),
    `rate >= ${rate}/s`,
    { threshold: `errors <= ${errors * WARN_ERRORS}%`, severity: 'warn' },
    { threshold: `response_time p95 <= ${p95 * WARN_P95}ms`, severity: 'warn' },
  ]
}

/** Describes a service level of `--slo` for help and messages: "http: errors 0.5 %, p95 300 ms, p99 1000 ms, 20/s". */
export function sloText(name: SloName): string {
  const { errors, p95, rate, ...more }: ServiceLevel = LEVELS[name]
  return `${name}: errors ${errors} %, p95 ${p95} ms${more.p99 === undefined ? '' : `, p99 ${more.p99} ms`}, ${rate}/s`
}
