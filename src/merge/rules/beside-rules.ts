/** Rules for merging costs, the measurements beside the load (servers, machines, hooks), and burn's own health. */
import type { GeneratorHealth, HookSummary, Result, RunCost, ServerEndpoint, WatchedMachine } from '../../result/schema.ts'
import {
  allOrNull,
  distribution,
  fields,
  first,
  ifAny,
  largest,
  later,
  listBy,
  type MergeRule,
  type Some,
  sum,
  texts,
} from './values.ts'

type ResultEnvironment = Result['environment']

const namesOfEnvironment = fields<ResultEnvironment>({ burn: texts, node: texts, os: texts, cpus: later, hostname: texts })

/** Merges the field `environment` of the results of a run's shards: lists all machine names, and counts the CPUs of each machine only once. */
export const environment: MergeRule<ResultEnvironment> = (parts) => ({
  ...namesOfEnvironment(parts),
  cpus: sum([0, ...new Map(parts.map(({ hostname, cpus }) => [hostname, cpus])).values()]),
})

/**
 * Merges the health of the load generator (burn itself) over a run's shards: lag samples, CPU time and arrivals are added up; every other field gets
 * the largest, which is the worst, of the shards' values.
 */
export const generator = fields<GeneratorHealth>({
  lag: distribution,
  loopDelay: fields({ p50: largest, p99: largest, max: largest }),
  loopUtilization: largest,
  stalledMs: largest,
  disturbedMs: largest,
  throttledMs: largest,
  cpuShare: sum,
  maxRssBytes: largest,
  gcPauseMs: largest,
  plannedArrivals: sum,
  startedArrivals: sum,
})

/** Merges the summaries of plugins' hooks over a run's shards: those with the same plugin and hook become one. */
export const hooks = listBy<HookSummary>(
  ({ plugin, hook }) => `${plugin} ${hook}`,
  fields<HookSummary>({
    plugin: first,
    hook: first,
    calls: sum,
    failed: sum,
    totalMs: sum,
    longestMs: largest,
    blockedMs: sum,
    problem: first,
  }),
)

/**
 * Merges the metrics of observed servers over a run's shards. All shards observe the same servers, so for each server the metrics of one shard are
 * kept: the one that read them successfully most often.
 */
export const servers = listBy<ServerEndpoint>(
  ({ url }) => url,
  mostOften(({ scrapes, failed }) => scrapes - failed),
)
/**
 * Merges the metrics of the machines that `monitor:` watches over a run's shards: for each machine, those of the shard that read them most often are
 * kept.
 */
export const machines = listBy<WatchedMachine>(
  ({ host, from }) => `${host} ${from}`,
  mostOften(({ samples }) => samples),
)

function mostOften<T>(countOf: (one: T) => number): MergeRule<T> {
  return (parts) => parts.reduce((best, one) => (countOf(one) > countOf(best) ? one : best), first(parts))
}

const addedCost = fields<RunCost>({
  currency: first,
  total: allOrNull(sum),
  priced: allOrNull(sum),
  calls: sum,
  unpriced: sum,
  failed: allOrNull(sum),
  cut: allOrNull(sum),
  looped: allOrNull(sum),
  wasted: allOrNull(sum),
  outside: allOrNull(sum),
  perSession: distribution,
  perSuccess: later,
  perThousandSessions: later,
  // The price per hour is for the target's hardware, which all parts share, so it is not added up.
  perHour: first,
  perMillionOutput: later,
})

/** Adds up the costs of a run's shards. The costs per success and per million output tokens are computed later, by `costPerUnit`. */
export const cost: MergeRule<RunCost> = (parts) => ({ ...addedCost(parts), perThousandSessions: perThousandSessions(parts) })

/**
 * Returns the cost per thousand sessions, from the sums of all parts; null when the sum of a part is unknown. Parts without sessions are left out.
 */
function perThousandSessions(parts: Some<RunCost>): number | null {
  const withSessions = parts.filter(({ perSession }) => perSession !== undefined)
  const sums = withSessions.map(({ perThousandSessions: mean, perSession }) =>
    mean === null ? null : mean * (perSession?.count ?? 0),
  )
  const whole = ifAny(allOrNull(sum), sums) ?? null
  const count = withSessions.reduce((total, { perSession }) => total + (perSession?.count ?? 0), 0)
  return whole === null || count === 0 || parts.some(({ unpriced }) => unpriced > 0) ? null : whole / count
}

/**
 * Returns the merged cost of a run's shards, with the costs per success and per million output tokens added. `completed` is the number of completed
 * iterations, `outputPerSecond` the number of output tokens per second.
 */
export function costPerUnit(merged: RunCost, completed: number, outputPerSecond: number): RunCost {
  const { total, perHour } = merged
  const isKnown = typeof perHour === 'number' && outputPerSecond > 0 && merged.perMillionOutput !== null
  return {
    ...merged,
    perSuccess: total === null || completed === 0 ? null : total / completed,
    ...(perHour === undefined ? {} : { perMillionOutput: isKnown ? (perHour / 3600 / outputPerSecond) * 1e6 : null }),
  }
}
