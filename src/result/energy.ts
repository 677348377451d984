/** What a run took of energy, as observed servers tell it. */
import type { GroupMetrics, Result, ServerEndpoint } from './schema.ts'

/** The exporter of NVIDIA's GPUs: who tells of GPUs beside it tells of the same ones. */
const EXPORTER = 'DCGM'

/**
 * Returns the field `energy` of a result, in an object; an empty object when no observed server counts it. Warm-ups take energy, too: what they gave is on both
 * sides of the quotients. Other users of the GPUs are not told apart.
 */
export function energyOf(
  server: readonly ServerEndpoint[] = [],
  groups: readonly (GroupMetrics | null)[],
): Pick<Result, 'energy'> {
  const telling = server.filter(({ counters, gauges }) => counters.gpu_energy ?? gauges.gpu_power)
  const exporters = telling.filter((one) => one.server.includes(EXPORTER))
  const joules = (exporters.length > 0 ? exporters : telling).map(joulesOf)
  // A sum without a part of it would be too small.
  const known = joules.filter((one) => one !== undefined)
  if (known.length === 0 || known.length < joules.length) return {}
  const total = known.reduce((sum, { value }) => sum + value, 0)
  if (total <= 0) return {}
  const sum = (of: (group: GroupMetrics) => number) => groups.reduce((all, group) => all + (group ? of(group) : 0), 0)
  const [tokens, ok] = [sum((group) => group.tokens.output ?? 0), sum((group) => group.counts.ok)]
  return {
    energy: {
      joules: total,
      source: known.every(({ isCounted }) => isCounted) ? 'counter' : 'power',
      perThousandTokens: tokens > 0 ? (total * 1000) / tokens : null,
      perSuccess: ok > 0 ? total / ok : null,
    },
  }
}

/** By the counter; without one, the mean power times the time between the first and the last answer. Undefined after a restart. */
function joulesOf({ counters: { gpu_energy: energy }, gauges: { gpu_power: power }, sinceMs, untilMs }: ServerEndpoint) {
  if (energy) return energy.resets === 0 ? { value: energy.delta, isCounted: true } : undefined
  if (!power || sinceMs === null || untilMs === null) return undefined
  return { value: (power.mean * (untilMs - sinceMs)) / 1000, isCounted: false }
}
