/** Outages as they are counted from attempts in a row. */
import { Outages } from '../../../src/metrics/failures/outages.ts'
import { cutExchange, failedExchange, okExchange } from '../exchanges.ts'

/** Takes attempts by the second in which they end: `+` is ok, `-` failed, `i` failed with an injected fault, `l` failed on this side, `c` was cut. */
export function seen(pattern: string, dueMs = 100, target = 't'): Outages {
  const outages = new Outages(target)
  for (const [second, one] of [...pattern].entries()) {
    const endedAt = second * 1000
    if (one === '+') outages.see(okExchange({ intended: endedAt - dueMs, ended: endedAt }))
    else if (one === 'c') outages.see(cutExchange())
    else {
      const exchange = failedExchange(one === 'l' ? 'local_template' : 'refused', '', endedAt)
      outages.see(Object.assign(exchange, { intended: endedAt - dueMs, ...(one === 'i' && { fault: 'drop' }) }))
    }
  }
  return outages
}
