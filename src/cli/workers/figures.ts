/** Makes the figures of one second of a run, for one process or all together. `--events`, alerts, thresholds and `stopWhen` use them. */
import type { LiveThresholds } from '../../engine/outcome/evaluators.ts'
import type { RunState } from '../../engine/outcome/run-state.ts'
import type { StopNews } from '../../engine/stop/stop-watch.ts'
import type { AlertNews, RuleNews } from '../../engine/watch/index.ts'
import { addTo, NO_COUNTERS, targetFailures } from '../../metrics/counts/counters.ts'
import { besideEachOther, DRAIN, type TimelineSecond } from '../../metrics/groups/timeline.ts'
import type { SparseHistogram } from '../../metrics/histogram/histogram.ts'
import { mergeSparse } from '../../metrics/histogram/sparse.ts'

/** The figures of a run at one second, which `--events` prints: the counts of that second, and the totals and cost so far. */
export interface Figures {
  /** The row of the timeline for the second that ended last; undefined when it was already reported. */
  readonly second: TimelineSecond | undefined
  /** The number of arrivals that wait for a free user. */
  readonly queued: number
  /** The counts of the measured phases so far. */
  readonly soFar: Readonly<Record<'ok' | 'failed' | 'injected' | 'refused' | 'cut' | 'dropped' | 'outputTokens', number>>
  /** The number of failures in the measured phases so far, by class. */
  readonly errors: Readonly<Record<string, number>>
  /** The cost of the calls in the measured phases so far; null in a run without prices. */
  readonly cost: number | null
}

/**
 * What each process of a run reports every second: its counts since the start and, for alerts, thresholds and `stopWhen`, what it measured since its
 * previous report. The reports of all processes are merged into one of the same form.
 */
export interface ProcessSecond {
  readonly figures: Figures
  readonly alerts: AlertNews
  /** For each threshold of the plan, the numbers since the last report; undefined when there is nothing new. */
  readonly thresholds: readonly (RuleNews | undefined)[]
  /** The numbers for the rules of `stopWhen`; undefined without rules. */
  readonly stop: StopNews | undefined
  /** The index of the current phase; after the last phase (in the drain) the number of phases. */
  readonly phase: number
}

/**
 * Returns the present figures of a run, or of one worker's share of it: the counts of the latest second and since the start, the errors by class,
 * and the cost so far (null without prices).
 */
export function figuresOf({ recorder, plan, queued }: RunState): Figures {
  const { counters } = recorder.total
  const { ok, cut, dropped, outputTokens, injectedFailed: injected, failedByLimit: refused } = counters
  return {
    second: recorder.timeline.latestSecond,
    queued: queued(),
    soFar: { ok, failed: targetFailures(counters), injected, refused, cut, dropped, outputTokens },
    errors: recorder.errors.byClass(),
    cost: plan.targets.some(({ billing }) => billing) ? recorder.costs.total.value : null,
  }
}

/**
 * Builds the report that each process of a run with `--workers` sends to the main process every second: its figures, and what is new since the last
 * report.
 */
export class SecondReader {
  private before: TimelineSecond | undefined

  /** Returns what is new since the last call; `atMs` is the current time, in ms since the run began. */
  read(run: RunState, live: LiveThresholds, atMs: number): ProcessSecond {
    const figures = figuresOf(run)
    const isNew = figures.second !== this.before
    this.before = figures.second
    return {
      figures: isNew ? figures : { ...figures, second: undefined },
      alerts: run.alerts.news(atMs, run.queued),
      thresholds: live.news(atMs),
      stop: run.stopWatch.news(atMs, run.queued()),
      phase: run.phase,
    }
  }
}

/**
 * Returns the report that stands for a process of a run after this process has ended. It is the last report of the process, with nothing in flight or
 * waiting any more, and with `phase` as the index of the current phase.
 */
export function overSecond(last: ProcessSecond, phase: number): ProcessSecond {
  const { alerts, figures, stop, thresholds } = last
  const idle = (rule: RuleNews | undefined) => rule && { ...rule, inFlight: 0, ...(rule.gauge != null && { gauge: 0 }) }
  return {
    alerts: { ...alerts, inFlight: 0, rules: alerts.rules.map(idle) },
    figures: { ...figures, queued: 0 },
    thresholds: thresholds.map(idle),
    stop: stop && { ...stop, inFlight: 0 },
    phase,
  }
}

/**
 * Merges the reports that all processes of a run send every second into one report of the whole run. `parts` has, for each process, the reports that
 * were not merged before; what they count is added up. `lasts` has the newest report of each process, for numbers such as the attempts in flight;
 * undefined for a process that has sent none. `phases` are the names of the phases in their order.
 */
export function togetherOf(
  parts: readonly (readonly ProcessSecond[])[],
  lasts: readonly (ProcessSecond | undefined)[],
  phases: readonly string[],
): ProcessSecond {
  const latest = lasts.filter((second) => second !== undefined)
  const rules = (of: (second: ProcessSecond) => ProcessSecond['thresholds']) => {
    const [first] = latest
    const all = first === undefined ? [] : of(first)
    return all.map((_, i) =>
      newsOfAll(
        parts.map((own) => own.flatMap((second) => of(second)[i] ?? [])),
        lasts.map((second) => second && of(second)[i]),
      ),
    )
  }
  return {
    figures: figuresOfAll(parts, latest, phases),
    alerts: {
      atMs: Math.max(...parts.flat().map(({ alerts }) => alerts.atMs)),
      inFlight: latest.reduce((sum, { alerts }) => sum + alerts.inFlight, 0),
      rules: rules(({ alerts }) => alerts.rules),
    },
    thresholds: rules(({ thresholds }) => thresholds),
    stop: stopNewsOfAll(
      parts.flatMap((own) => own.flatMap(({ stop }) => stop ?? [])),
      latest.flatMap(({ stop }) => stop ?? []),
    ),
    // A run is in a phase until its last process has left it.
    phase: Math.min(...latest.map(({ phase }) => phase)),
  }
}

function stopNewsOfAll(all: readonly StopNews[], latest: readonly StopNews[]): StopNews | undefined {
  const [first] = all
  return (
    first && {
      atMs: Math.max(...all.map(({ atMs }) => atMs)),
      inFlight: latest.reduce((sum, { inFlight }) => sum + inFlight, 0),
      samples: first.samples.map((_, i) => mergedSamples(all.map(({ samples }) => samples[i]))),
    }
  )
}

function mergedSamples(all: readonly (SparseHistogram | undefined)[]): SparseHistogram | undefined {
  const there = all.filter((one) => one !== undefined)
  return there.length === 0 ? undefined : there.reduce(mergeSparse)
}

function figuresOfAll(
  parts: readonly (readonly ProcessSecond[])[],
  latest: readonly ProcessSecond[],
  phases: readonly string[],
): Figures {
  const beside = parts.map((own) => own.flatMap(({ figures }) => figures.second ?? []))
  const found = beside.flat().map(({ row }) => row.phase)
  const all = latest.map(({ figures }) => figures)
  const costs = all.flatMap(({ cost }) => cost ?? [])
  return {
    // When some processes are still in an earlier phase, the second belongs to that phase.
    second: found.length === 0 ? undefined : besideEachOther(beside, phases.find((name) => found.includes(name)) ?? DRAIN),
    queued: all.reduce((sum, { queued }) => sum + queued, 0),
    soFar: added(all.map(({ soFar }) => soFar)) as Figures['soFar'], // the cast is safe: every process reports all of these keys
    errors: added(all.map(({ errors }) => errors)),
    cost: costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0),
  }
}

function added(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const one of all) for (const [name, count] of Object.entries(one)) sums[name] = (sums[name] ?? 0) + count
  return sums
}

/**
 * Merges the numbers for one threshold that all processes (`parts`) reported since the last merge. Of a gauge, the largest values of the processes
 * are added up. A process that has not reported since then still has what it had in its last report (`lasts`): its part of a gauge, and attempts in
 * flight.
 */
function newsOfAll(parts: readonly (readonly RuleNews[])[], lasts: readonly (RuleNews | undefined)[]): RuleNews | undefined {
  const all = parts.flat()
  if (all.length === 0) return undefined
  const counters = { ...NO_COUNTERS }
  for (const one of all) addTo(counters, one.counters)
  const present = parts.map((own, i) => (own.length > 0 ? own : [lasts[i] ?? []].flat()))
  const gauges = present.map((own) => own.flatMap(({ gauge }) => gauge ?? [])).filter((own) => own.length > 0)
  return {
    toMs: Math.max(...all.map(({ toMs }) => toMs)),
    counters,
    inFlight: present.reduce((sum, own) => sum + (own.at(-1)?.inFlight ?? 0), 0),
    samples: mergedSamples(all.map(({ samples }) => samples)),
    gauge: gauges.length === 0 ? null : gauges.reduce((sum, own) => sum + Math.max(...own), 0),
  }
}
