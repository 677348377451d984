/** A reply that failed, and how to try again. */
import { Exchange } from '../../../../src/exchange.ts'

export function failed(headers: Record<string, string>, retryAfterMs?: number): Exchange {
  const exchange = new Exchange(0, { push: () => {}, end: () => {} }, () => {})
  exchange.headersFirst(headers, false)
  exchange.fail('rate_limited', 'headers', 'slow down', undefined, retryAfterMs)
  return exchange
}
