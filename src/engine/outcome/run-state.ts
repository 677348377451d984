import { AnomalyWatch } from '../../anomalies/watch.ts'
import { now, wallAnchor } from '../../clock.ts'
import { machineLimits } from '../../machine.ts'
import { MaskedSample } from '../../metrics/judge/masked-sample.ts'
import { QualityQueue } from '../../metrics/quality/queue.ts'
import type { Recorder } from '../../metrics/recorder.ts'
import type { HookSummary, InjectedOnWire, JudgeSummary } from '../../result/schema.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import type { PhaseTimes } from '../schedule/phases.ts'
import { type UserLimit, userLimit } from '../schedule/user-limit.ts'
import type { IterationCounts } from '../schedule/users.ts'
import { StopWatch } from '../stop/stop-watch.ts'
import { AlertWatch, Beside, RunBudget } from '../watch/index.ts'
import type { UsedUp } from './budgets.ts'
import type { SelfSeen } from './health.ts'

/** Returns for how long the load of a run has lasted, in ms: from its start until now or, when the load is over, until its end. */
export function ranMs({ recorder, startedAt }: RunState): number {
  return Math.min(recorder.loadMs, now() - startedAt)
}

/** The state of a run, which can be read at any time: the plan, the recorder, the times, and how the run ended. */
export class RunState {
  readonly plan: Plan
  readonly recorder: Recorder
  readonly iterations: IterationCounts = {
    planned: 0,
    completed: 0,
    failed: 0,
    expired: 0,
    faulted: 0,
    injected: 0,
    cut: 0,
    dropped: 0,
  }
  /** Arrivals of the measured phases that were due when something ended the run early, and had not started. */
  droppedAtStop = 0
  /** Arrivals of the measured phases for which burn itself was too late, so that they never started. */
  droppedBehind = 0
  /** When the load began, on the monotonic clock in ms. */
  startedAt = now()
  /** When the load began, in ms since 1970. */
  startedWall = wallAnchor() + this.startedAt
  /** When the last attempt in flight had ended after the load (monotonic ms); NaN until then. */
  endedAt = Number.NaN
  readonly anomalies: AnomalyWatch
  readonly phaseTimes: PhaseTimes[] = []
  /** Index of the phase under way; phases.length while draining. */
  phase = 0
  /** Returns the number of users at work now. */
  readonly users: () => number
  /** Returns the number of arrivals that wait for a free user now. */
  readonly queued: () => number
  readonly health: () => SelfSeen
  /** The queue of replies whose quality is measured; undefined when the plan switches this off. */
  readonly quality: QualityQueue | undefined
  /** The sample of replies that a judge is to score; undefined without a judge. */
  readonly gradedSample: MaskedSample | undefined
  /** The judge's scores, once it was asked; undefined before. */
  judge: JudgeSummary | undefined
  /** How many users an open phase without `maxUsers` may have at once. */
  readonly userLimit: UserLimit
  /** Number of arrivals that found as many users at work as `userLimit` allows. */
  limitReached = 0
  /** Messages of templates and conditions that failed outside of any attempt, each with its number of failures. */
  readonly scenarioErrors = new Map<string, number>()
  /** Why setup failed, which ended the run before its load, in words; undefined when it did not fail. */
  setupFailure: string | undefined
  /** One line for each step of setup and teardown that failed. */
  readonly setupTeardownFailures: string[] = []
  /** The step and failure for which `onError: stop` ended the run; undefined when it did not. */
  stoppedBy: { readonly step: string; readonly class: string } | undefined
  /** The budget (a threshold on a sum, with `abort`) that ended the run; undefined when none did. */
  usedUp: UsedUp | undefined
  /** The alerts of the plan, which are looked at every second. */
  readonly alerts: AlertWatch
  /** The rules that may end the load before its time. */
  readonly stopWatch: StopWatch
  /** Why a circuit breaker of a target ended the run, in words; undefined when none did. */
  broken: string | undefined
  /** How many requests and tokens, and how much time, of the block `budget` the run has used. */
  readonly budget: RunBudget
  /** The relays that inject faults into connections, such as delays and resets; undefined when the scenario has none. */
  wireFaults: { start(): void; stop(): void; read(): InjectedOnWire } | undefined
  /** The requests that are made beside the load: to observed servers, watched machines and health checks. */
  readonly beside: Beside
  /** Why `requireHealthy` ended the run before its load: the health checks that failed, in words; undefined when none did. */
  unhealthy: string | undefined
  /** The hooks of plugins, whose calls are counted; undefined when there are none. */
  hooks: { read(): HookSummary[] | undefined } | undefined
  /** Why a data file ended the run, for a reason that counts as an error; undefined when none did. */
  dataFailure: string | undefined

  /** Which share of the plan this process makes; undefined when it makes the whole plan. */
  get share(): Plan['share'] {
    return this.plan.share
  }

  /** Makes the state of a run that has not begun. `origins` are the addresses of embedded mock servers, by target name. */
  constructor(
    plan: Plan,
    recorder: Recorder,
    {
      users,
      queued,
      health,
      origins,
    }: Pick<RunState, 'users' | 'queued' | 'health'> & { readonly origins: ReadonlyMap<string, string> },
  ) {
    this.plan = plan
    this.recorder = recorder
    this.anomalies = new AnomalyWatch(plan.exchanges.length, plan.targets.length)
    this.quality = plan.quality && new QualityQueue(plan.quality)
    const { judge } = plan
    this.gradedSample = judge && new MaskedSample(judge.sample, judge.perGroup, plan.seed, plan.secrets)
    if (this.quality)
      this.quality.onMeasured = (reply, quality) => {
        if (reply.sampledAs) this.gradedSample?.offerMeasured(reply.sampledAs, reply, quality)
      }
    this.users = users
    this.queued = queued
    this.health = health
    const machine = machineLimits()
    this.alerts = new AlertWatch(plan.alerts, recorder, machine.memoryBytes)
    this.stopWatch = new StopWatch(plan, recorder)
    this.budget = new RunBudget(plan.budget)
    this.beside = new Beside(plan, origins)
    this.userLimit = userLimit(plan.targets, machine, plan)
  }
}
