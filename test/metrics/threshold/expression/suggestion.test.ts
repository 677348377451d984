import { expect, test } from 'vitest'
import { suggestThreshold } from '../../../../src/metrics/threshold/expression/suggestion.ts'

test.each([
  ['p(95)<500', 'response_time p95 < 500ms'],
  ['http_req_duration: p(99) < 1.5 sec', 'service_time p99 < 1.5s'],
  ['http_req_failed < 0.01', 'errors ratio < 1%'],
  ['error_rate =< 2 percent', 'errors ratio <= 2%'],
  ['latency ≤ 800', 'response_time p95 <= 800ms'],
  ['throughput => 50 rps', 'rate >= 50/s'],
  ['ttft{step:pay} p95 < 1S', 'ttft{step=pay} p95 < 1s'],
  ['failed count < 3', 'failed < 3'],
  ['tfft p95 < 1s', 'ttft p95 < 1s'],
])('%s means %s', (text, meant) => expect(suggestThreshold(text)).toEqual({ text: meant, addition: '' }))

test('a window in brackets is an option', () => {
  expect(suggestThreshold('ttft[10s] p95 < 1s')).toEqual({ text: 'ttft p95 < 1s', addition: ' with window: 10s' })
})

test.each(['', 'fast', 'zzzzzzzz < 5', 'ttft p95 < 5 parsecs', `ttft p95 < 1s${' '.repeat(200)}`])(
  '%j is anybody’s guess',
  (text) => expect(suggestThreshold(text)).toBeUndefined(),
)
