import type { Result } from '../result/schema.ts'
import { formatMs } from '../text/units.ts'
import { waitsForLimits } from './lost-time.ts'
import type { Advice } from './rule.ts'
import { serverEvidence } from './server-evidence.ts'

/** The share of the mean response time (0.6 is 60 %) that one part of it must take to be named as the slowest. */
const MOST = 0.6
/** The mean response time in ms below which no advice is given: such replies are fast enough. */
const MIN_MEAN_MS = 20

/**
 * Returns advice that splits the mean response time into its parts, such as connecting and waiting for the first token. It names the part that took
 * at least 60 %, or says that no part did. Undefined when the mean is below 20 ms.
 */
export function slowestPart(result: Result): Advice | undefined {
  const { total } = result
  const mean = (metric: string) => total.distributions[metric]?.mean ?? undefined
  const [response, service, delay] = [mean('response_time'), mean('service_time'), mean('start_delay') ?? 0]
  if (response === undefined || service === undefined || response < MIN_MEAN_MS) return undefined
  const queue = mean('queue_wait') ?? 0
  // The time to first token is used only when all replies have one, else that to the first byte: means over different attempts do not add up.
  const hasTokens = total.distributions.ttft?.count === total.distributions.service_time?.count
  const token = hasTokens ? mean('ttft') : undefined
  const first = token ?? mean('ttfb') ?? service
  const parts = [
    waitsForLimits(result)
      ? { ms: queue, what: 'waiting for limits or a free user', then: 'see the time that was lost to limits' }
      : { ms: queue, what: 'waiting for a free user', then: 'the target is slower than the rate, or maxUsers is too small' },
    { ms: delay - queue, what: 'connecting, and burn itself', then: 'see connect_time and lag' },
    token === undefined
      ? { ms: first, what: 'waiting for the first byte', then: 'the target works, or its queue is long' }
      : { ms: first, what: 'waiting for the first token', then: 'the prompt is read, or waits in a queue' },
    token === undefined
      ? { ms: service - first, what: 'receiving the rest of the reply', then: 'replies are large, or the network is slow' }
      : {
          ms: service - first,
          what: 'receiving the rest of the reply',
          then: 'long answers, or slow generation: see tpot and output_tokens',
        },
  ]
  const [largest] = parts.toSorted((a, b) => b.ms - a.ms)
  if (!largest) return undefined
  const shares = parts.filter(({ ms }) => ms > 0.005 * response).map(({ ms, what }) => `${what} ${formatMs(ms)}`)
  const text =
    largest.ms >= MOST * response
      ? `${Math.round((100 * largest.ms) / response)} % of the mean response time of ${formatMs(response)} is ${largest.what} (${formatMs(largest.ms)}): ${largest.then}`
      : `no part is most of the mean response time of ${formatMs(response)}: ${shares.join(', ')}`
  return { rule: 'slowest-part', text: `${text}${serverEvidence(result)}` }
}
