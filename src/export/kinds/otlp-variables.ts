/** Reads the environment variables that configure OpenTelemetry's exporters. @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
import { UsageError } from '../../errors.ts'
import { withoutSecrets } from '../../text/secrets.ts'
import { httpAddress } from '../send/output.ts'

/** The settings for sending metrics that OpenTelemetry's environment variables contain, such as the address and the headers. */
export interface OtlpVariables {
  /** The address for metrics; undefined when no variable sets one. */
  readonly url: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly gzip: boolean
  readonly isExponential: boolean
}

/** The time limit of a request in ms when no variable sets one, as in the standard. */
const TIMEOUT_MS = 10_000
const MAX_TIMEOUT_MS = 600_000

/**
 * Reads the settings for sending metrics in OpenTelemetry's environment variables. Those for metrics (`OTEL_EXPORTER_OTLP_METRICS_…`) override those
 * for all signals.
 * @throws UsageError for a value that burn does not support
 */
export function otlpVariables(environment: Readonly<NodeJS.Dict<string>>): OtlpVariables {
  const both = (name: string) => {
    const [own, all] = [`OTEL_EXPORTER_OTLP_METRICS_${name}`, `OTEL_EXPORTER_OTLP_${name}`]
    return environment[own] ? { name: own, value: environment[own] } : { name: all, value: environment[all] || undefined }
  }
  const protocol = both('PROTOCOL')
  if (protocol.value !== undefined && !/^http\/(?:json|protobuf)$/.test(protocol.value))
    throw refusal(protocol.name, protocol.value, 'burn speaks http/json')
  const endpoint = both('ENDPOINT')
  const { error } = httpAddress().optional().safeParse(endpoint.value)
  if (error) throw refusal(endpoint.name, endpoint.value ?? '', error.issues[0]?.message ?? '')
  const timeout = both('TIMEOUT')
  const timeoutMs = timeout.value === undefined ? TIMEOUT_MS : Number(timeout.value)
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > MAX_TIMEOUT_MS)
    throw refusal(timeout.name, timeout.value ?? '', `expected a whole number of ms from 1 to ${MAX_TIMEOUT_MS}`)
  return {
    url: endpoint.value && (endpoint.name.includes('METRICS') ? endpoint.value : metricsUrl(endpoint.value)),
    headers: { ...pairs('OTEL_EXPORTER_OTLP_HEADERS', environment), ...pairs('OTEL_EXPORTER_OTLP_METRICS_HEADERS', environment) },
    timeoutMs,
    gzip: both('COMPRESSION').value === 'gzip',
    isExponential: environment.OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION === 'base2_exponential_bucket_histogram',
  }
}

/** Returns the address at an OpenTelemetry collector to which metrics are posted: that of the collector with the path `/v1/metrics` at its end. */
export function metricsUrl(endpoint: string): string {
  const url = new URL(endpoint)
  if (!url.pathname.endsWith('/v1/metrics')) url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/metrics`
  return url.href
}

/**
 * Returns the resource attributes that OpenTelemetry's environment variables set, such as `service.name`.
 * @throws UsageError for a text that is not a list of key=value pairs
 */
export function resourceVariables(environment: Readonly<NodeJS.Dict<string>>): Readonly<Record<string, string>> {
  const name = environment.OTEL_SERVICE_NAME
  return { ...pairs('OTEL_RESOURCE_ATTRIBUTES', environment), ...(name && { 'service.name': name }) }
}

/** Parses a list such as `key=value,key2=value%202` to an object. */
function pairs(name: string, environment: Readonly<NodeJS.Dict<string>>): Record<string, string> {
  const parts = (environment[name] ?? '').split(',').filter((part) => part.trim() !== '')
  const entries = parts.map((part, i) => {
    const [, key = '', value = ''] = /^\s*([^=\s][^=]*?)\s*=\s*(.*?)\s*$/s.exec(part) ?? []
    try {
      if (key !== '') return [key, decodeURIComponent(value)]
    } catch {
      // Reported below, without the value, because it may be a secret.
    }
    const which = `entry ${i + 1} of ${parts.length}`
    throw new UsageError(
      key === ''
        ? `${name}: ${which} is not of the form key=value`
        : `${name}: ${which}, ${withoutSecrets(key)}, has a % that two hexadecimal digits do not follow, or that is no UTF-8`,
      'separate entries by commas; a comma in a value is %2C, and % itself %25',
    )
  })
  return Object.fromEntries(entries)
}

const refusal = (name: string, value: string, hint: string) =>
  new UsageError(`${name}: cannot follow ${JSON.stringify(withoutSecrets(value))}`, hint)
