/** What a result says of money, of what was looked at beside the load, and of burn itself. */
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

type Environment = Result['environment']

const namesOfEnvironment = fields<Environment>({ burn: texts, node: texts, os: texts, cpus: later, hostname: texts })

/** Where the load came from: every machine is counted once. */
export const environment: MergeRule<Environment> = (parts) => ({
  ...namesOfEnvironment(parts),
  cpus: sum([0, ...new Map(parts.map(({ hostname, cpus }) => [hostname, cpus])).values()]),
})

/** How well burn kept up: the worst of all parts, and the CPU of all together. */
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

/** Hooks by plugin and name. */
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

/** All parts look at the same servers: of each, what the part saw that asked it most often. */
export const servers = listBy<ServerEndpoint>(
  ({ url }) => url,
  mostOften(({ scrapes, failed }) => scrapes - failed),
)
/** The same for machines. */
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
  // The hardware is that of the target, however many parts the load has.
  perHour: first,
  perMillionOutput: later,
})

/** What all parts cost; what a session or token costs is computed anew by `costPerUnit`. */
export const cost: MergeRule<RunCost> = (parts) => ({ ...addedCost(parts), perThousandSessions: perThousandSessions(parts) })

/** From the exact sum of each part; null when one of them does not know it. A part without any session adds nothing. */
function perThousandSessions(parts: Some<RunCost>): number | null {
  const withSessions = parts.filter(({ perSession }) => perSession !== undefined)
  const sums = withSessions.map(({ perThousandSessions: mean, perSession }) =>
    mean === null ? null : mean * (perSession?.count ?? 0),
  )
  const whole = ifAny(allOrNull(sum), sums) ?? null
  const count = withSessions.reduce((total, { perSession }) => total + (perSession?.count ?? 0), 0)
  return whole === null || count === 0 || parts.some(({ unpriced }) => unpriced > 0) ? null : whole / count
}

/** Returns the cost with what depends on the rest of the result: `completed` iterations, and output tokens per second of all targets. */
export function costPerUnit(merged: RunCost, completed: number, outputPerSecond: number): RunCost {
  const { total, perHour } = merged
  const isKnown = typeof perHour === 'number' && outputPerSecond > 0 && merged.perMillionOutput !== null
  return {
    ...merged,
    perSuccess: total === null || completed === 0 ? null : total / completed,
    ...(perHour === undefined ? {} : { perMillionOutput: isKnown ? (perHour / 3600 / outputPerSecond) * 1e6 : null }),
  }
}
