import type { Result } from '../result/schema.ts'
import { formatMs } from '../text/units.ts'
import type { Advice } from './rule.ts'

/** A run shorter than so many service times is mostly its ends. */
const MIN_SERVICE_TIMES = 10
/** Little's law is exact only in the long run: at the ends of a run attempts begin or end outside of it. */
const TOLERANCE = 0.25

/**
 * Advice when more attempts were in flight than Little's law (attempts per second × mean service time) gives for those that were ok: the
 * rest were failed or unfinished attempts, whose times are in no latency.
 * @see J. Little, "A proof for the queuing formula L = λW" (1961)
 */
export function inFlightMismatch({ total, timeline, phases }: Result): Advice | undefined {
  const measured = new Set(phases.filter(({ warmup }) => !warmup).map(({ name }) => name))
  const rows = timeline.filter(({ phase }) => measured.has(phase))
  const lengthMs = rows.reduce((sum, row) => sum + row.lengthMs, 0)
  const service = total.distributions.service_time?.mean
  if (lengthMs === 0 || service === null || service === undefined) return undefined
  const inFlight = rows.reduce((sum, row) => sum + row.inFlight * row.lengthMs, 0) / lengthMs
  const ended = rows.reduce((sum, { ok, failed, cut }) => sum + ok + failed + cut, 0)
  const explained = (ended / lengthMs) * service
  if (lengthMs < MIN_SERVICE_TIMES * service) return undefined
  if (inFlight < 1 || inFlight <= explained * (1 + TOLERANCE)) return undefined
  const { failed, cut } = total.counts
  return {
    rule: 'in-flight',
    text: `${inFlight.toFixed(1)} attempts were in flight, and ${((1000 * ended) / lengthMs).toFixed(1)}/s of ${formatMs(service)} explain ${explained.toFixed(1)}: ${failed + cut > 0 ? `the ${failed} failed and ${cut} unfinished ones took longer, and are in no latency` : 'the target held some for long'}`,
  }
}
