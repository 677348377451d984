/** Starts and controls the workers of a run: processes that each make a share of the load. The main process makes the first share. */
import { every, now } from '../../clock.ts'
import type { Checkpoint } from '../../engine/outcome/build-result.ts'
import type { LiveThresholds } from '../../engine/outcome/evaluators.ts'
import type { RunState } from '../../engine/outcome/run-state.ts'
import { Control } from '../../engine/schedule/control.ts'
import { LocalError } from '../../errors.ts'
import type { Result } from '../../result/schema.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { type Share, shareWithin, WHOLE } from '../../statistics/parts/share.ts'
import { foldJournals } from './journal-parts.ts'
import { momentAt, NS_PER_MS } from './moment.ts'
import { PROTOCOL_VERSION, type StopMessage } from './protocol.ts'
import { unbegunResult, wholeCheckpoint, wholeResult } from './whole-result.ts'
import { type WholeSecond, WholeWatch } from './whole-watch.ts'
import { type WorkerListener, WorkerProcess } from './worker-process.ts'

export { ofFirstAlone } from './whole-watch.ts'

/** How long before the load the message that starts it is sent, in ms, so that all workers have received it in time. */
const LEAD_MS = 100
/** After how many seconds without a message a worker counts as lost when the run waits only for it; a working one sends one every second. */
const SILENCE_SECONDS = 30
/** How many seconds a worker may take to prepare itself when the run waits only for it. It reads the same files as the main process did. */
const START_SECONDS = 60
/** The largest size of the journal of all processes together, in bytes. */
const JOURNAL_BYTES = 256 * 1024 * 1024

/** The run for which the workers make the load. */
interface CrewRun {
  readonly plan: Plan
  readonly runId: string
  readonly journalPath: string
  /** The number of processes that make the load, at least 2. */
  readonly count: number
  /** The number of the test when the run is part of a suite, from 0; left out otherwise. */
  readonly test?: number
  /** The share of the plan that all processes make together; the whole plan when left out. */
  readonly share?: Share
  /** Resolves `leadMs` ms before the load, with its start on this process's clock in ms; left out when it begins once all workers are ready. */
  readonly moment?: (leadMs: number) => Promise<number>
  readonly control: Control
  /** Returns how long attempts in flight may still run after the load, in ms. */
  readonly graceMs: () => number
  /** Called every second with the figures of all processes together; left out when nothing needs them. */
  readonly onSecond?: (run: RunState, second: WholeSecond) => void
  /** Called with each event of a worker's share, and with the number of the worker. */
  readonly onEvent?: WorkerListener['event']
}

/**
 * Controls the worker processes of one run: starts them, begins the load in all of them at the same time, stops them with the run, and merges their
 * results.
 */
export class Crew {
  private readonly run: CrewRun
  /** Is stopped and cancelled by signals. It is separate from the control of this process's share, which may have ended before the others. */
  readonly signalled = new Control()
  private workers: WorkerProcess[] = []
  private readonly waiting = new Set<() => void>()
  /** The secrets that were found before the load began, which workers must mask too. */
  private readonly secrets = new Set<string>()
  private stopWatching = () => {}
  private readonly watch: WholeWatch | undefined
  private thresholds: LiveThresholds | undefined
  private hasStopped = false
  /** When the load began, on the monotonic clock in ms; undefined before. */
  private beganAt: number | undefined

  constructor(run: CrewRun) {
    this.run = run
    this.watch = run.onSecond && new WholeWatch(run.plan, run.count, run.onSecond)
  }

  /** The share of the load that the main process makes. */
  get share() {
    return this.shareOf(1)
  }

  /** Returns the share of one process; `number` is that of the process, from 1. */
  private shareOf(number: number): Share {
    const { share = WHOLE, count } = this.run
    return { ...shareWithin(share, number - 1, count), machine: share }
  }

  /** The options with which `runScenario` runs the share of this process. */
  get options() {
    return {
      share: this.share,
      decidesLive: false,
      beforeLoad: (captured: Readonly<Record<string, unknown>>) => this.begin(captured),
      afterLoad: () => this.over(),
    }
  }

  /** The largest size of each process's journal, in bytes. */
  get journalBytes(): number {
    return Math.floor(JOURNAL_BYTES / this.run.count)
  }

  /** The live figures of all workers that are not lost, for the terminal. */
  get views() {
    return this.workers.flatMap(({ view, lost }) => (view && lost === undefined ? [view] : []))
  }

  /** Adds a secret that the run has found, such as a token that setup captured. Workers get the secrets that were found before the load. */
  learn(secret: string): void {
    if (this.beganAt === undefined) this.secrets.add(secret)
  }

  /** Starts the worker processes, unless the run was stopped before. `origins` are the addresses of embedded mock servers, by target. */
  start(origins: ReadonlyMap<string, string>): void {
    const { plan, runId, count, control, test } = this.run
    if (control.state !== 'running') return
    const mocks = plan.targets.flatMap(({ name, mock }) => (mock === undefined ? [] : [origins.get(name) ?? '']))
    const job = {
      kind: 'job',
      version: PROTOCOL_VERSION,
      args: process.argv.slice(2),
      hash: plan.hash,
      ...(test === undefined ? {} : { test }),
      seed: plan.seed,
      runId,
      mocks,
      isFollowed: this.watch !== undefined,
    } as const
    const listener: WorkerListener = {
      changed: () => this.changed(),
      stopped: () => {
        control.stop('onError')
        this.stop()
      },
      seen: ({ number }, second) => this.watch?.add(number - 1, second),
      left: ({ number }) => this.watch?.leave(number - 1),
      event: (event, number) => this.run.onEvent?.(event, number),
    }
    this.workers = Array.from({ length: count - 1 }, (_, i) => {
      const number = i + 2
      const journal = { path: this.journalOf(number), maxBytes: this.journalBytes }
      return new WorkerProcess(number, { ...job, share: this.shareOf(number), journal }, listener)
    })
    const unsubscribe = [control, this.signalled].map((one) => one.onChange(() => this.follow()))
    this.stopWatching = () => unsubscribe.forEach((end) => void end())
    this.follow()
  }

  /**
   * Begins the load. Resolves when all workers are ready, with the moment (on this process's clock, in ms) at which all of them begin. Workers
   * get the variables that setup has captured. When the run was stopped before its load, the workers are ended instead. @throws LocalError when
   * a worker cannot start, or hangs before it is ready
   */
  async begin(captured: Readonly<Record<string, unknown>>): Promise<number> {
    await this.untilOrSilent(
      () => this.run.control.state !== 'running' || this.workers.every(({ isReady, lost }) => isReady || lost !== undefined),
      (worker) => {
        if (!worker.isReady) worker.secondPassed(START_SECONDS)
      },
    )
    if (this.run.control.state !== 'running') {
      this.end()
      return now()
    }
    const failed = this.workers.find(({ isReady, lost }) => !isReady && lost !== undefined)
    if (failed) {
      const printed = failed.printed.trim().split('\n')[0] ?? ''
      throw new LocalError(
        `worker ${failed.number} of ${this.run.count} did not start: ${failed.lost}${printed === '' ? '' : ` (${printed})`}`,
        'run with fewer workers, or without --workers',
      )
    }
    const at = await this.run.moment?.(LEAD_MS)
    if (this.run.control.state !== 'running') {
      this.end()
      return now()
    }
    const leadMs = at === undefined ? LEAD_MS : at - now()
    const atNs = process.hrtime.bigint() + BigInt(Math.round(leadMs * NS_PER_MS))
    this.beganAt = now() + leadMs
    for (const worker of this.workers) worker.send({ kind: 'go', atNs, captured, secrets: [...this.secrets] })
    return momentAt(atNs)
  }

  /** Resolves when the load of every worker has ended. A worker that hangs is ended and counts as lost. */
  over(): Promise<void> {
    return this.untilOrSilent(() => this.workers.every(({ isOver }) => isOver))
  }

  /** Resolves when every worker has sent its result or is lost. A worker that hangs is ended and counts as lost. */
  async done(): Promise<void> {
    // When the load never began, the workers still wait for it, so they are ended.
    if (this.beganAt === undefined) this.end()
    await this.untilOrSilent(() => this.workers.every(({ isDone, lost }) => isDone || lost !== undefined))
    this.stopWatching()
  }

  private end(): void {
    for (const worker of this.workers) if (!worker.isDone && worker.lost === undefined) worker.kill()
  }

  /** The anomalies that the workers found, as lines of `anomalies.jsonl`. */
  get anomalies(): string {
    return this.workers.map(({ anomalies }) => anomalies).join('')
  }

  /** Merges the journals that the workers wrote into the journal of the run. @throws LocalError */
  async foldJournals(): Promise<void> {
    await foldJournals(
      this.run.journalPath,
      this.workers.map(({ number }) => this.journalOf(number)),
    )
  }

  /** Makes the checkpoint of the whole run from that of this process (`work`) and the latest ones of the workers. */
  checkpoint(work: Checkpoint): Checkpoint {
    return wholeCheckpoint(work, this.workers, this.run)
  }

  /**
   * Returns the result of the whole run; `own` is the result of this process's share. A lost worker counts with its last checkpoint, and makes the
   * run invalid.
   */
  whole(own: Result): Result {
    const { run, workers, beganAt } = this
    return beganAt === undefined ? unbegunResult(own, run.share) : wholeResult(own, workers, { ...run, beganAt })
  }

  private journalOf(number: number): string {
    return this.run.journalPath.replace(/\.jsonl$/, `.worker-${number}.jsonl`)
  }

  /** Called once a second with the state of this process's share: adds it to those of the workers, for alerts, thresholds and `--events`. */
  second(state: RunState, thresholds: LiveThresholds): void {
    this.thresholds = thresholds
    this.see(state)
  }

  private see(state: RunState): void {
    const { watch, thresholds } = this
    if (thresholds)
      watch?.see(state, thresholds, {
        isEnded: () => this.hasStopped,
        onEnd: (rule) => {
          if (rule) this.run.control.stopFor(rule.when)
          this.stop(rule)
        },
      })
  }

  /** Called when the load of this process has ended. Resolves when all have sent their last report; `state` then has the sample of all replies. */
  async seenAll(state: RunState): Promise<void> {
    if (this.beganAt === undefined) return
    this.see(state)
    this.watch?.leave(0)
    await this.untilOrSilent(() => this.workers.every(({ hasSeenAll }) => hasSeenAll))
    for (const { drawn } of this.workers) if (drawn) state.gradedSample?.addShare(drawn)
    this.watch?.finish()
  }

  /** Stops the load of all workers; `rule` is the rule of `stopWhen` that ends the run, left out when something else does. */
  private stop(rule?: StopMessage['rule']): void {
    this.hasStopped = true
    const isSignal = this.signals.length > 0
    for (const worker of this.workers) worker.send({ kind: 'stop', graceMs: this.run.graceMs(), isSignal, ...(rule && { rule }) })
  }

  /** Passes on to the workers that the run was stopped or cancelled. */
  private follow(): void {
    const { control } = this.run
    const ended = this.signals
    // A share that ends by itself, because its data or its part of a budget is used up, does not stop the others.
    if (!this.hasStopped && (ended.length > 0 || control.reason === 'onError')) this.stop()
    if (ended.some(({ state }) => state === 'over')) for (const worker of this.workers) worker.send({ kind: 'cancel' })
    this.changed()
  }

  /** The controls that a signal has stopped. */
  private get signals(): Control[] {
    return [this.run.control, this.signalled].filter(({ reason }) => reason === 'signal')
  }

  private changed(): void {
    for (const look of [...this.waiting]) look()
  }

  /**
   * Resolves when `holds` returns true. Until then, calls `second` for each worker once a second. Calls are counted instead of time, so that no
   * worker counts as silent after the machine was asleep.
   */
  private async untilOrSilent(
    holds: () => boolean,
    second = (worker: WorkerProcess) => worker.secondPassed(SILENCE_SECONDS),
  ): Promise<void> {
    const endWatch = every(1000, () => {
      for (const worker of this.workers) second(worker)
    })
    await this.until(holds)
    endWatch()
  }

  private until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!holds()) return
        this.waiting.delete(look)
        resolve()
      }
      this.waiting.add(look)
      look()
    })
  }
}
