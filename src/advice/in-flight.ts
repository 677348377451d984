import type { Result } from '../result/schema.ts'
import { formatMs } from '../text/units.ts'
import type { Advice } from './rule.ts'

/**
 * The shortest run for which the in-flight advice is given, as a multiple of the mean service time. In a shorter one, most attempts begin before or
 * end after what is measured.
 */
const MIN_SERVICE_TIMES = 10
/**
 * How far the number of attempts in flight may exceed what Little's law gives (0.25 is 25 %) before advice is given: the law is exact only for long
 * runs.
 */
const TOLERANCE = 0.25

/**
 * Returns advice when more attempts were in flight than Little's law predicts (attempts per second × mean service time of ok attempts); undefined
 * otherwise. The mean knows only attempts that ended well, so the advice names those that it lacks as the cause: failed and unfinished attempts that
 * took longer. Without such attempts, it says that the target held some for long.
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
