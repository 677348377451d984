import { isRealTime, now } from '../../clock.ts'
import type { RunState } from '../../engine/outcome/run-state.ts'
import { type Counters, targetAttempts, targetFailures } from '../../metrics/counts/counters.ts'
import { Histogram, type SparseHistogram } from '../../metrics/histogram/histogram.ts'
import { CHART_SECONDS } from '../../report/live/sparkline.ts'
import type { LiveView, Progress } from '../../report/live/view.ts'
import { momentFacts } from '../../report/text/beside/machine.ts'
import { serverLabel, serverValue } from '../../report/text/server.ts'
import type { TimelineRow } from '../../result/schema.ts'
import { knownSecrets } from './known-secrets.ts'

/** The time that rates and percentiles on screen cover, in seconds. */
const RECENT_SECONDS = 5
const METRICS = ['response_time', 'ttft', 'tpot'] as const

interface LiveMoment {
  readonly at: number
  readonly counters: Counters
  /** The number of iterations started so far. */
  readonly iterations: number
  /** The money spent so far. */
  readonly spent: number
  readonly samples: ReadonlyMap<string, SparseHistogram>
}

/**
 * Computes the numbers of the live view (users, rates, latencies, errors) from the last few seconds of a run. `view` must be called once a second.
 */
export class LiveWatch {
  private readonly seen = new Map(METRICS.map((metric) => [metric, new Histogram('ms')]))
  private readonly moments: LiveMoment[] = []
  /** The rows of the timeline of the last minute. */
  private readonly history: TimelineRow[] = []

  view(state: RunState): LiveView {
    const { recorder, plan } = state
    const group = plan.phases[state.phase]?.warmup ? recorder.warmup : recorder.total
    const { planned, dropped: neverStarted } = state.iterations
    const iterations = planned - neverStarted
    this.moments.push({ at: now(), counters: group.counters, iterations, spent: spentOf(state), samples: this.news(state) })
    if (this.moments.length > RECENT_SECONDS + 1) this.moments.shift()
    const { ok, failed, dropped, cut } = group.counters
    this.remember(recorder.timeline.latest)
    const tokens = group.counters.outputTokens
    const open = plan.phases[state.phase]?.load.model === 'open'
    return {
      name: plan.name,
      phase: phaseView(state),
      total: totalProgress(state),
      draining: state.phase >= plan.phases.length,
      users: state.users(),
      inFlight: recorder.inFlight,
      waiting: state.queued(),
      plannedRate: plannedRate(state),
      // A planned rate counts iterations, so the achieved one does too; without a planned rate, attempts are counted.
      achievedRate: open ? this.perSecond((m) => m.iterations) : this.perSecond(({ counters: c }) => c.ok + c.failed),
      ok,
      failed,
      dropped,
      cut,
      errorRate: shareOf(targetFailures(group.counters), targetAttempts(group.counters)),
      latencies: this.latencies(),
      tokens: tokens > 0 ? { perSecond: this.perSecond((m) => m.counters.outputTokens), total: tokens } : null,
      connections: this.connections(state),
      cost: this.cost(state),
      errors: recorder.errors.latestByClass().map((one) => ({ ...one, message: knownSecrets.redact(one.message) })),
      generator: generatorOf(state),
      servers: serversOf(state),
      history: this.history,
      topError: topError(state),
      warnings: warnings(state),
    }
  }

  private remember(row: TimelineRow | undefined): void {
    if (row === undefined || row === this.history.at(-1)) return
    this.history.push(row)
    if (this.history.length > CHART_SECONDS) this.history.shift()
  }

  private cost(state: RunState): LiveView['cost'] {
    const bills = state.plan.targets.flatMap(({ billing }) => billing ?? [])
    // Amounts in different currencies cannot be added.
    if (new Set(bills.map(({ currency }) => currency)).size !== 1) return null
    const currency = bills[0]?.currency ?? null
    return { spent: spentOf(state), perSecond: this.perSecond(({ spent }) => spent), limit: costLimit(state), currency }
  }

  /**
   * Returns the number of open connections and the bytes per second; null before the first connection. The bytes of a reply are counted when its
   * attempt ends.
   */
  private connections({ recorder: { connections } }: RunState): LiveView['connections'] {
    const { connectionsOpened, connectionsFailed } = connections.counters
    if (connectionsOpened + connectionsFailed === 0) return null
    const inPerSecond = this.perSecond((m) => m.counters.bytesReceived)
    return { open: connections.open, inPerSecond, outPerSecond: this.perSecond((m) => m.counters.bytesSent) }
  }

  /** Returns the samples that were added since the last call, for each latency metric on screen. */
  private news(state: RunState): Map<string, SparseHistogram> {
    const group = state.plan.phases[state.phase]?.warmup ? state.recorder.warmup : state.recorder.total
    const news = new Map<string, SparseHistogram>()
    for (const [metric, seen] of this.seen) {
      const histogram = group.histogramOf(metric)
      if (!histogram || histogram.count < seen.count) continue
      const fresh = histogram.since(seen)
      if (!fresh) continue
      seen.addSparse(fresh)
      news.set(metric, fresh)
    }
    return news
  }

  private latencies(): LiveView['latencies'] {
    return METRICS.flatMap((name) => {
      const recent = new Histogram('ms')
      for (const { samples } of this.moments) {
        const sparse = samples.get(name)
        if (sparse) recent.addSparse(sparse)
      }
      if (recent.count === 0 && name !== 'response_time') return []
      return [{ name, p50: recent.percentile(50), p95: recent.percentile(95) }]
    })
  }

  private perSecond(count: (moment: LiveMoment) => number): number {
    const [first, last] = [this.moments[0], this.moments.at(-1)]
    if (!first || !last || last.at === first.at) return last ? count(last) : 0
    return Math.max(0, ((count(last) - count(first)) * 1000) / (last.at - first.at))
  }
}

const shareOf = (part: number, whole: number) => (whole === 0 ? null : part / whole)

const spentOf = ({ recorder: { costs } }: RunState) => costs.total.value + costs.outside.value

/** Returns the lowest limit on the cost of the whole run, such as that of `--max-cost`; null without one. */
function costLimit({ plan }: RunState): number | null {
  const bounds = plan.thresholds.filter(({ metric, aggregate, operator, tags }) => {
    return metric.name === 'cost' && aggregate.kind === 'sum' && operator.startsWith('<') && Object.keys(tags).length === 0
  })
  return bounds.length === 0 ? null : Math.min(...bounds.map(({ limit }) => limit))
}

function generatorOf({ health, recorder }: RunState): LiveView['generator'] {
  if (!isRealTime()) return null
  const { loopUtilization, loopDelay, cpuShare, maxRssBytes } = health()
  const lagP99Ms = recorder.lag.percentile(99)
  return { lagP99Ms, loopShare: loopUtilization, loopP99Ms: loopDelay.p99, cpuShare, peakBytes: maxRssBytes }
}

function phaseView(state: RunState): LiveView['phase'] {
  const index = Math.min(state.phase, state.plan.phases.length - 1)
  const phase = state.plan.phases[index]
  const elapsedMs = now() - (state.phaseTimes[index]?.startAt ?? state.startedAt)
  const common = { name: phase?.name ?? '', index, count: state.plan.phases.length, warmup: phase?.warmup ?? false }
  return { ...common, progress: progressOf(state, index, elapsedMs) }
}

function progressOf(state: RunState, index: number, elapsedMs: number): Progress {
  const load = state.plan.phases[index]?.load
  if (load?.model === 'closed' && (load.sharedIterations ?? load.iterationsPerUser) !== undefined) {
    const { completed, failed, cut, dropped } = state.iterations
    const total = load.sharedIterations ?? (load.iterationsPerUser ?? 0) * load.maxUsers
    return { kind: 'iterations', elapsedMs, done: Math.min(total, completed + failed + cut + dropped), total }
  }
  return { kind: 'time', elapsedMs: Math.min(elapsedMs, load?.lengthMs ?? elapsedMs), lengthMs: load?.lengthMs ?? elapsedMs }
}

function totalProgress(state: RunState): Progress {
  const { phases } = state.plan
  const elapsedMs = now() - state.startedAt
  const lengths = phases.map((phase) => phase.load.lengthMs)
  if (phases.length === 1) return progressOf(state, 0, elapsedMs)
  const lengthMs = lengths.reduce<number>((sum, length) => sum + (length ?? 0), 0)
  return { kind: 'time', elapsedMs: Math.min(elapsedMs, lengthMs), lengthMs }
}

function plannedRate(state: RunState): number | null {
  const load = state.plan.phases[state.phase]?.load
  if (load?.model !== 'open') return null
  return load.rateAt(now() - (state.phaseTimes[state.phase]?.startAt ?? 0))
}

function topError(state: RunState): LiveView['topError'] {
  const [worst] = state.recorder.errors.toResult(state.startedAt)
  return worst ? { class: worst.class, count: worst.count } : null
}

function warnings(state: RunState): string[] {
  const lag = state.recorder.lag.percentile(99)
  const late = lag !== null && lag > 10 ? [`the generator itself is late: lag p99 ${lag.toFixed(0)} ms`] : []
  const broken = state.recorder.breakers.flatMap(({ state: now }, i) => {
    return now === 'closed' ? [] : [`the circuit breaker of ${state.plan.targets[i]?.name} is ${now}`]
  })
  const alerts = state.alerts.current.map(({ alert }) => `alert: ${alert}`)
  return [...alerts, ...broken, ...late]
}

/** Returns the latest figures of observed servers and watched machines, and whether health checks succeed, for the live view. */
function serversOf({ beside: { server, machines, health } }: RunState): LiveView['servers'] {
  const servers = (server?.latest() ?? []).map(({ host, gauges, failed }) => {
    const facts = gauges.map(({ name, unit, value }) => `${serverLabel(name)} ${serverValue(value, unit)}`)
    return { host, facts, failed: failed === null ? null : knownSecrets.redact(failed) }
  })
  const seen = machines.map(({ source, latest }) => {
    const failed = latest.failed === null ? null : knownSecrets.redact(latest.failed)
    return { host: knownSecrets.redact(source.host ?? source.from ?? 'this machine'), facts: momentFacts(latest), failed }
  })
  const checks = health.map(({ name, latest }) => {
    return { host: name, facts: ['up'], failed: latest === null ? null : knownSecrets.redact(latest) }
  })
  return [...servers, ...seen, ...checks]
}
