/** The metrics of a reply that reasons, fed in pieces. */
import type { Exchange } from '../../src/exchange.ts'
import { ATTEMPT_DISTRIBUTIONS } from '../../src/metrics/groups/catalogue.ts'

// Delivery n arrives at n × 10 ms: neighbouring chunks are 10 ms apart.
export const sse = (events: readonly object[]) => events.map((event) => `data: ${JSON.stringify(event)}\n\n`)

export const times = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at))

export const value = (metric: string, exchange: Exchange) =>
  ATTEMPT_DISTRIBUTIONS.find(({ name }) => name === metric)?.of(exchange)

export const speed = (exchange: Exchange) => ({ tpot: value('tpot', exchange), perSecond: value('tokens_per_second', exchange) })

export const TEN_MS = { tpot: 10, perSecond: 100 }

export const LEFT_OUT = { tpot: undefined, perSecond: undefined }

export const delta = (part: object, usage?: object) => ({ choices: [{ index: 0, delta: part }], ...(usage && { usage }) })
