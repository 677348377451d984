/** The variables of OpenTelemetry. */
import { describe, expect, test } from 'vitest'
import { otlpVariables, resourceVariables } from '../../../src/export/kinds/otlp-variables.ts'

describe('variables', () => {
  test.each([
    [{}, undefined],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }, 'http://c:4318/v1/metrics'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/base/' }, 'http://c:4318/base/v1/metrics'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://m/own' }, 'http://m/own'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, undefined],
  ])('%j: where to', (variables, url) => {
    expect(otlpVariables(variables).url).toBe(url)
  })

  test('headers are decoded, and those for metrics win', () => {
    const variables = { OTEL_EXPORTER_OTLP_HEADERS: 'a=1,b=x%20y', OTEL_EXPORTER_OTLP_METRICS_HEADERS: ' a = 2 ' }
    expect(otlpVariables(variables).headers).toEqual({ a: '2', b: 'x y' })
  })

  test('time-out, compression and form of histograms', () => {
    const variables = {
      OTEL_EXPORTER_OTLP_TIMEOUT: '2500',
      OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: 'base2_exponential_bucket_histogram',
    }
    expect(otlpVariables(variables)).toMatchObject({ timeoutMs: 2500, gzip: true, isExponential: true })
    expect(otlpVariables({})).toMatchObject({ timeoutMs: 10_000, gzip: false, isExponential: false })
  })

  test.each([
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL: cannot follow "grpc"'],
    [{ OTEL_EXPORTER_OTLP_TIMEOUT: '10s' }, 'OTEL_EXPORTER_OTLP_TIMEOUT: cannot follow "10s"'],
    [{ OTEL_EXPORTER_OTLP_TIMEOUT: '10.5' }, 'OTEL_EXPORTER_OTLP_TIMEOUT: cannot follow "10.5"'],
    [{ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'c:4317' }, 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: cannot follow "c:4317"'],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'secret' }, 'OTEL_EXPORTER_OTLP_HEADERS: entry 1 of 1 is not of the form key=value'],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'a=1,b=%zz' }, 'OTEL_EXPORTER_OTLP_HEADERS: entry 2 of 2, b, has a %'],
  ])('%j is refused', (variables, message) => {
    expect(() => otlpVariables(variables)).toThrow(message)
  })

  test('the name of the service wins over that in the attributes of the resource', () => {
    const variables = { OTEL_RESOURCE_ATTRIBUTES: 'service.name=a,team=b', OTEL_SERVICE_NAME: 'c' }
    expect(resourceVariables(variables)).toEqual({ 'service.name': 'c', team: 'b' })
  })

  test.each(['a=b,foo,c=d', 'a=b, =x'])('%j: which attribute of the resource is wrong is said', (text) => {
    expect(() => resourceVariables({ OTEL_RESOURCE_ATTRIBUTES: text })).toThrow(
      /^OTEL_RESOURCE_ATTRIBUTES: entry 2 of \d is not of the form key=value$/,
    )
  })
})
