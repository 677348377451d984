import { describe, expect, test } from 'vitest'
import { CATALOGUE } from '../../../../src/metrics/groups/catalogue.ts'
import { aggregateName } from '../../../../src/metrics/threshold/expression/aggregate.ts'
import { parseThreshold } from '../../../../src/metrics/threshold/threshold.ts'
import { fault, parsed } from '../parse-line.ts'

describe('grammar', () => {
  test.each([
    ['errors ratio < 1%', 'errors', 'ratio', '<', 0.01, 'ratio'],
    ['errors < 0.01', 'errors', 'ratio', '<', 0.01, 'ratio'],
    ['errors <= 0%', 'errors', 'ratio', '<=', 0, 'ratio'],
    ['errors == 0', 'errors', 'ratio', '==', 0, 'ratio'],
    ['errors count < 10', 'errors', 'count', '<', 10, 'count'],
    ['ttft p95 < 800ms', 'ttft', 'p95', '<', 800, 'ms'],
    ['ttft p95<800ms', 'ttft', 'p95', '<', 800, 'ms'],
    ['  ttft   p99.9   <=   1.5 s ', 'ttft', 'p99.9', '<=', 1500, 'ms'],
    ['ttft p0 > 1us', 'ttft', 'p0', '>', 0.001, 'ms'],
    ['ttft p100 < 2m', 'ttft', 'p100', '<', 120_000, 'ms'],
    ['itl max < 1m30s', 'itl', 'max', '<', 90_000, 'ms'],
    ['e2e min > 1ms', 'e2e', 'min', '>', 1, 'ms'],
    ['tpot avg < 20ms', 'tpot', 'avg', '<', 20, 'ms'],
    ['tpot mean < 20ms', 'tpot', 'avg', '<', 20, 'ms'],
    ['tpot med < 20ms', 'tpot', 'p50', '<', 20, 'ms'],
    ['tpot median != 20ms', 'tpot', 'p50', '!=', 20, 'ms'],
    ['response_time count >= 1000', 'response_time', 'count', '>=', 1000, 'count'],
    ['service_time sum < 1h', 'service_time', 'sum', '<', 3_600_000, 'ms'],
    ['rate >= 50/s', 'rate', 'rate', '>=', 50, 'per_second'],
    ['rate rate >= 60/m', 'rate', 'rate', '>=', 1, 'per_second'],
    ['goodput > 10/s', 'goodput', 'rate', '>', 10, 'per_second'],
    ['output_token_rate > 1000/s', 'output_token_rate', 'rate', '>', 1000, 'tokens_per_second'],
    ['tokens_per_second p50 > 20', 'tokens_per_second', 'p50', '>', 20, 'tokens_per_second'],
    ['output_tokens avg > 20', 'output_tokens', 'avg', '>', 20, 'tokens'],
    ['input_tokens max < 4k', 'input_tokens', 'max', '<', 4000, 'tokens'],
    ['bytes_received < 10MB', 'bytes_received', 'count', '<', 10_000_000, 'bytes'],
    ['connections_lost <= 3', 'connections_lost', 'count', '<=', 3, 'count'],
    ['reply_bytes p95 < 64KiB', 'reply_bytes', 'p95', '<', 65_536, 'bytes'],
    ['reply_bytes p95 < 4096', 'reply_bytes', 'p95', '<', 4096, 'bytes'],
    ['failed count < 10', 'failed', 'count', '<', 10, 'count'],
    ['failed < 10', 'failed', 'count', '<', 10, 'count'],
    ['checks ratio > 99%', 'checks', 'ratio', '>', 0.99, 'ratio'],
    ['good_share > 99.5 %', 'good_share', 'ratio', '>', 0.995, 'ratio'],
  ])('%s', (text, metric, aggregate, operator, limit, unit) => {
    const threshold = parsed(text)
    expect([threshold.metric.name, aggregateName(threshold.aggregate), threshold.operator, threshold.unit]).toEqual([
      metric,
      aggregate,
      operator,
      unit,
    ])
    expect(threshold.limit).toBeCloseTo(limit, 9)
    expect(threshold.text).toBe(text.trim())
  })

  test.each([
    ['response_time{step=open} p99 < 3s', { step: 'open' }],
    ['response_time { step = open , phase=peak } p99 < 3s', { step: 'open', phase: 'peak' }],
    ['errors{step="a, {b}=\\"c\\""} < 1%', { step: 'a, {b}="c"' }],
    ['errors{step=Say hello} < 1%', { step: 'Say hello' }],
    ['errors < 1%', {}],
  ])('tags of %s', (text, tags) => {
    expect(parsed(text).tags).toEqual(tags)
  })

  test('every metric of the catalogue can be judged', () => {
    const limits = {
      ms: '5ms',
      tokens: '5',
      bytes: '5',
      ratio: '5%',
      count: '5',
      per_second: '5/s',
      tokens_per_second: '5',
      currency: '0.5',
    } as const
    for (const { name, kind, unit } of CATALOGUE)
      expect(parsed(`${name}${kind === 'distribution' ? ' p95' : ''} < ${limits[unit]}`).metric.name).toBe(name)
  })
})

test.each([
  ['output_of_asked p50 < 1.5', 1.5],
  ['input_of_asked p95 <= 120%', 1.2],
])('a ratio of two lengths may be above 1: %s', (text, limit) => {
  expect(parsed(text)).toMatchObject({ limit })
})

describe('faults say where and what', () => {
  test.each([
    ['', 0, 1, 'expected the name of a metric, got the end', undefined],
    ['< 5', 0, 1, 'expected the name of a metric, got "<"', undefined],
    ['respons_time p95 < 1s', 0, 12, 'there is no metric "respons_time"', 'did you mean "response_time p95 < 1s"?'],
    ['nonsense p95 < 1s', 0, 8, 'there is no metric "nonsense"', 'metrics: response_time, '],
    ['ttft < 1s', 5, 1, 'expected an aggregate of ttft, got "<"', 'did you mean "ttft p95 < 1s"?'],
    ['ttft q95 < 1s', 5, 3, '"q95" is not an aggregate', 'did you mean "ttft p95 < 1s"?'],
    ['ttft p101 < 1s', 5, 4, '"p101" is not an aggregate', 'did you mean "ttft p95 < 1s"?'],
    ['ttft ratio < 1s', 5, 5, 'ttft has no ratio', 'did you mean "ttft p95 < 1s"?'],
    ['errors p95 < 1%', 7, 3, 'errors has no p95', 'did you mean "errors ratio < 1%"?'],
    ['checks rate >= 90%', 7, 4, 'checks has no rate', 'did you mean "checks ratio >= 90%"?'],
    ['ttft p95 = 1s', 9, 1, '"=" is not a comparison', 'did you mean "ttft p95 == 1s"?'],
    ['ttft p95 === 1s', 9, 3, '"===" is not a comparison', 'did you mean "ttft p95 == 1s"?'],
    ['ttft p95 ≤ 1s', 9, 1, '"≤" is not a comparison', 'did you mean "ttft p95 <= 1s"?'],
    ['ttft p95', 8, 1, 'expected a comparison, got the end', 'one of < <= > >= == !='],
    ['ttft p95 under 1s', 9, 5, 'expected a comparison, got "under"', 'one of < <= > >= == !='],
    ['ttft p95 <', 10, 1, 'expected a time with its unit, such as 800ms or 1.5s, got nothing', undefined],
    [
      'ttft p95 < 800',
      11,
      3,
      'expected a time with its unit, such as 800ms or 1.5s, got "800"',
      'did you mean "ttft p95 < 800ms"?',
    ],
    [
      'ttft p95 < 800 msec',
      11,
      8,
      'expected a time with its unit, such as 800ms or 1.5s, got "800 msec"',
      'did you mean "ttft p95 < 800ms"?',
    ],
    ['ttft p95 < -1s', 11, 3, 'expected a time', undefined],
    ['ttft p95 < 5%', 11, 2, 'expected a time', undefined],
    ['rate >= 50', 8, 2, 'expected a rate with its unit, such as 50/s or 90/m, got "50"', 'did you mean "rate >= 50/s"?'],
    ['rate >= 50 rps', 8, 6, 'expected a rate', 'did you mean "rate >= 50/s"?'],
    ['errors < 5', 9, 1, 'expected a share, such as 1% or 0.01, got "5"', 'did you mean "errors ratio < 5%"?'],
    ['errors < 500%', 9, 4, 'expected a share', undefined],
    ['errors < 1s', 9, 2, 'expected a share', undefined],
    ['failed < 1%', 9, 2, 'expected a number, such as 10 or 2k, got "1%"', undefined],
    ['reply_bytes max < 5 parsecs', 18, 9, 'expected a size', undefined],
    [
      'errors <= 100%',
      10,
      4,
      'this holds whatever is measured: <= 100%',
      'a threshold has to be able to go either way: < 100% is the widest',
    ],
    ['ttft p95 >= 0ms', 12, 3, 'this holds whatever is measured: >= 0ms', 'a threshold has to be able to go either way'],
    ['errors < 0%', 9, 2, 'this can never hold: < 0%', 'a threshold has to be able to go either way'],
    ['ttft{step} p95 < 1s', 9, 1, 'expected "=" after step, got "}"', undefined],
    ['ttft{step:open} p95 < 1s', 9, 1, 'expected "=" after step, got ":"', 'did you mean "ttft{step=open} p95 < 1s"?'],
    ['ttft{step=} p95 < 1s', 10, 1, 'expected a value for step, got "}"', undefined],
    ['ttft{} p95 < 1s', 5, 1, 'expected a tag such as step=open, got "}"', undefined],
    ['ttft{step=open p95 < 1s', 23, 1, 'expected "," or "}" after a tag', undefined],
    ['ttft{step=a,step=b} p95 < 1s', 12, 4, 'tag step is given twice', undefined],
    ['ttft p95 < 1s and more', 11, 11, 'expected a time', undefined],
    ['ttft p95 < 1s in more', 11, 10, 'expected a time', undefined],
    [
      'ttft p95 < 1s in 10s',
      ...([11, 9, 'the stretch of time stands apart from a threshold'] as const),
      'in the scenario: { threshold: "ttft p95 < 1s", window: 10s }',
    ],
    [
      'errors ratio < 20% over 5m',
      ...([15, 11, 'the stretch of time stands apart from a threshold'] as const),
      'in the scenario: { threshold: "errors ratio < 20%", window: 5m }',
    ],
  ])('%s', (text, offset, length, message, hint) => {
    const found = fault(text)
    expect(found.message).toContain(message)
    expect([found.offset, found.length]).toEqual([offset, length])
    if (hint !== undefined) expect(found.hint).toContain(hint)
  })

  test.each([
    ['p95<500', 'did you mean "response_time p95 < 500ms"?'],
    ['p(95)<200', 'did you mean "response_time p95 < 200ms"?'],
    ['avg<500', 'did you mean "response_time avg < 500ms"?'],
    ['errorRate<0.01', 'did you mean "errors ratio < 1%"?'],
    ['error_rate<=0.005', 'did you mean "errors ratio <= 0.5%"?'],
    ['errorRate[5m]<0.05', 'did you mean "errors ratio < 5%" with window: 5m?'],
    ['http_req_duration p(95)<500', 'did you mean "service_time p95 < 500ms"?'],
    ['http_req_duration{step:open}: p(99.9)<500', 'did you mean "service_time{step=open} p99.9 < 500ms"?'],
    ['http_req_failed rate<0.01', 'did you mean "errors ratio < 1%"?'],
    ['http_reqs>100', 'did you mean "rate > 100/s"?'],
    ['throughput > 100 qps', 'did you mean "rate > 100/s"?'],
    ['latency p99 < 2 Seconds', 'did you mean "response_time p99 < 2s"?'],
    ['time_to_first_token p50 < 300', 'did you mean "ttft p50 < 300ms"?'],
    ['Response-Time p95 < 1s', undefined],
  ])('%s of another tool', (text, hint) => {
    const found = fault(text)
    if (hint !== undefined) expect(found.hint).toBe(hint)
  })

  test('a suggestion always parses', () => {
    for (const text of ['p95<500', 'errorRate<0.01', 'ttft < 1s', 'rate >= 50', 'http_reqs>100']) {
      const suggested = /"([^"]+)"/.exec(fault(text).hint ?? '')?.[1] ?? ''
      expect(parseThreshold(suggested).ok).toBe(true)
    }
  })

  test('long nonsense is refused quickly', () => {
    expect(fault(`ttft ${' '.repeat(100_000)}<`).message).toBe('a threshold has at most 500 characters')
    expect(fault(`${'a'.repeat(400)}`).ok).toBe(false)
  })
})

test.each([
  ['ttft{step=a} p95 >', 'write the value behind >: ttft{step=a} p95 > 800ms'],
  ['errors <', 'write the value behind <: errors < 1%'],
])('%s has no value', (text, hint) => expect(parseThreshold(text)).toMatchObject({ ok: false, hint }))
