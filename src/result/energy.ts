/** Computes the energy that a run took, from the metrics of observed servers. */
import type { GroupMetrics, Result, ServerEndpoint } from './schema.ts'

/** The name of NVIDIA's GPU exporter. GPUs that other servers report as well are the same ones and count only once. */
const EXPORTER = 'DCGM'

/**
 * Returns `{ energy }`, the field of a result that states the energy a run took. An empty object when no observed server measures energy, and when
 * the energy of one that counts is not known, for example because its counter was reset. The energy includes what others used on the same GPUs at the
 * time. `groups` holds the metrics of all attempts, those of the warm-up too, to compute ratios such as joules per token.
 */
export function energyOf(
  server: readonly ServerEndpoint[] = [],
  groups: readonly (GroupMetrics | null)[],
): Pick<Result, 'energy'> {
  const telling = server.filter(({ counters, gauges }) => counters.gpu_energy ?? gauges.gpu_power)
  const exporters = telling.filter((one) => one.server.includes(EXPORTER))
  const joules = (exporters.length > 0 ? exporters : telling).map(joulesOf)
  // No sum is computed when one exporter's energy is unknown, because it would be too small.
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

/**
 * Returns the energy of one server in joules: by its counter or, without one, as mean power times the time between its first and last answer.
 * Undefined when the counter was reset.
 */
function joulesOf({ counters: { gpu_energy: energy }, gauges: { gpu_power: power }, sinceMs, untilMs }: ServerEndpoint) {
  if (energy) return energy.resets === 0 ? { value: energy.delta, isCounted: true } : undefined
  if (!power || sinceMs === null || untilMs === null) return undefined
  return { value: (power.mean * (untilMs - sinceMs)) / 1000, isCounted: false }
}
