import { now } from '../../../clock.ts'
import type { RunState } from '../../../engine/outcome/run-state.ts'
import type { SettledAttempt } from '../../../engine/user/run-context.ts'
import { AlertChanges } from '../../../engine/watch/alert-changes.ts'
import { BreachWatch } from '../../../engine/watch/breaches.ts'
import { hintFor } from '../../../metrics/failures/hints.ts'
import type { RunEvent } from '../../../result/event.ts'
import type { Result, ThresholdResult, TimelineRow } from '../../../result/schema.ts'
import type { Plan } from '../../../scenario/compile/plan.ts'
import { VERSION } from '../../../version.ts'
import type { Notifier, NotifierOptions } from '../../webhook/notifier.ts'
import { figuresOf } from '../../workers/figures.ts'
import { phasesText } from './introduction.ts'

/** A receiver of the events of runs (start, phase, alert, end …), such as the file of `--events`. `write` must neither throw nor block. */
export interface EventSink {
  write(event: RunEvent): void
}

/**
 * Returns the object that sends notifications about a run to the webhooks of its plan. When the plan has no webhooks, returns undefined, and does
 * not load the module `notifier.ts`.
 */
export async function notifierFor(options: NotifierOptions): Promise<Notifier | undefined> {
  if (options.plan.webhooks.length === 0) return undefined
  const { Notifier } = await import('../../webhook/notifier.ts')
  return new Notifier(options)
}

/**
 * Returns the object that passes the events of one run (start, phase, alert, end …) to several receivers, such as the file of `--events`; undefined
 * when there are none.
 */
export function eventsOf(
  sinks: readonly (EventSink | undefined)[],
  run: { readonly runId: string; readonly folder: string },
): RunEvents | undefined {
  const all = sinks.filter((sink) => sink !== undefined)
  if (all.length === 0) return undefined
  const each = { write: (event: RunEvent) => all.forEach((sink) => void sink.write(event)) }
  return new RunEvents(each, run)
}

/**
 * Returns the event reporter of a worker process. It passes on, with `send`, only what the main process cannot see itself: the first failure of each
 * class in this worker's share of the load, and the changes of its circuit breakers.
 */
export function eventsOfWorker(runId: string, send: (event: RunEvent) => void): RunEvents {
  const write = (event: RunEvent) => {
    if (event.event === 'failure' || event.event === 'breaker') send(event)
  }
  return new RunEvents({ write }, { runId, folder: '' })
}

const MAX_MESSAGE = 300
const roundedMs = (ms: number) => Math.round(ms * 1000) / 1000

/**
 * Reports the events of one run to receivers such as the file of `--events`: its start and end, its phases and seconds, thresholds that fail, alerts,
 * changes of circuit breakers, and the first failure of each class.
 */
export class RunEvents {
  private readonly sink: EventSink
  private readonly runId: string
  private readonly folder: string
  private readonly classes = new Set<string>()
  private phase = -1
  private readonly alerts = new AlertChanges()
  /** For each target, how many changes of its circuit breaker were passed on. */
  private readonly changesSeen: number[] = []
  private lastRow: TimelineRow | undefined
  private breaches: BreachWatch | undefined

  constructor(sink: EventSink, { runId, folder }: { readonly runId: string; readonly folder: string }) {
    this.sink = sink
    this.runId = runId
    this.folder = folder
  }

  /** Passes on the start of the run; `startTime` is in ms since 1970. */
  begin(plan: Plan, startTime: number): void {
    const { runId, folder } = this
    const { name: scenario, file, seed } = plan
    const targets = plan.targets.map(({ name, protocol, url }) => ({ name, protocol, url: url.source }))
    const phases = plan.phases.map(({ name, warmup, load }) => ({ name, warmup, lengthMs: load.lengthMs ?? null }))
    const load = phasesText(plan.phases)
    this.sink.write({ event: 'run', runId, version: VERSION, scenario, file, seed, folder, startTime, targets, load, phases })
  }

  /**
   * Called once a second and at the end of the run: passes on everything that began or changed since the last call, and the figures of the second.
   * `thresholds` returns the state of all thresholds. `figures` are those of all processes of the run, or of this process when left out.
   */
  second(run: RunState, thresholds?: () => readonly (ThresholdResult | undefined)[], figures = figuresOf(run)): void {
    this.phases(run)
    this.breakers(run)
    this.breaches ??= new BreachWatch(run.plan.thresholds)
    for (const { threshold, observed, limit, unit, reason = '' } of thresholds ? this.breaches.feed(thresholds()) : [])
      this.sink.write({
        event: 'threshold',
        runId: this.runId,
        atMs: roundedMs(now() - run.startedAt),
        threshold,
        observed,
        limit,
        unit,
        reason,
      })
    for (const { alert, state } of this.alerts.since(run.alerts))
      this.sink.write({
        event: 'alert',
        runId: this.runId,
        atMs: state === 'began' ? alert.fromMs : (alert.untilMs ?? 0),
        alert: alert.alert,
        state,
        worst: alert.worst,
        unit: alert.unit,
      })
    const { second, ...others } = figures
    if (second === undefined || second.row === this.lastRow) return
    this.lastRow = second.row
    this.sink.write({ event: 'second', runId: this.runId, ...second.row, ...others })
  }

  /**
   * Passes on an event that a worker of the run has sent: the first failure of a class, or a change of its circuit breaker. `worker` is the number of
   * the worker, from 1.
   */
  ofWorker(event: RunEvent, worker: number): void {
    if (event.event === 'failure' && !this.classes.has(event.class)) {
      this.classes.add(event.class)
      this.sink.write(event)
    }
    if (event.event === 'breaker') this.sink.write({ ...event, worker })
  }

  /** Passes on the changes of circuit breakers since the last call. */
  breakers({ recorder, plan, startedAt }: RunState): void {
    recorder.breakers.forEach(({ transitions }, i) => {
      const target = plan.targets[i]?.name ?? ''
      for (const { at, ...rest } of transitions.slice(this.changesSeen[i] ?? 0))
        this.sink.write({
          event: 'breaker',
          runId: this.runId,
          atMs: roundedMs(at - startedAt),
          target,
          ...rest,
        })
      this.changesSeen[i] = transitions.length
    })
  }

  private phases(run: RunState): void {
    while (this.phase < run.phase) {
      this.phase += 1
      const phase = run.plan.phases[this.phase]
      const times = run.phaseTimes[this.phase]
      // A phase that did not begin before the run ended has no time.
      if (phase && !times) continue
      const atMs = times ? times.startAt - run.startedAt : run.recorder.loadMs
      const { name, warmup } = phase ?? { name: 'drain', warmup: false }
      this.sink.write({ event: 'phase', runId: this.runId, atMs, phase: name, warmup })
    }
  }

  /** Called for every settled attempt; passes on the first failure of each class. */
  settled({ exchange, dimensions }: SettledAttempt, run: RunState): void {
    const { failure } = exchange
    if (!failure || this.classes.has(failure.class)) return
    this.classes.add(failure.class)
    this.phases(run)
    this.sink.write({
      event: 'failure',
      runId: this.runId,
      atMs: roundedMs(exchange.endedAt - run.startedAt),
      class: failure.class,
      phase: failure.phase,
      step: run.plan.exchanges[dimensions.step]?.name ?? '',
      message: failure.message.slice(0, MAX_MESSAGE),
      hint: hintFor(failure.class, failure.message),
    })
  }

  /** Passes on the end of the run, after its files are written. */
  finished({ scenarioName: scenario, verdict, reason, exitCode, durationMs }: Result): void {
    const { runId, folder } = this
    this.sink.write({ event: 'result', runId, scenario, verdict, reason, exitCode, folder, durationMs })
  }
}
