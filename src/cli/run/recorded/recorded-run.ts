import { type Exit, withExits } from '../../../engine/outcome/verdict.ts'
import { runScenario } from '../../../engine/run-scenario.ts'
import { Control } from '../../../engine/schedule/control.ts'
import { startMockWorker } from '../../../mock/spawn.ts'
import type { Result } from '../../../result/schema.ts'
import type { Plan } from '../../../scenario/compile/plan.ts'
import type { RunDir } from '../../../store/run-dir.ts'
import { knownSecrets } from '../../output/known-secrets.ts'
import { openJournal, writeAttempt } from './attempt-journal.ts'
import { eventsOf, notifierFor, type RunEvents } from './events.ts'
import { Narrator } from './narrator.ts'
import { tryTargets } from './preflight.ts'
import { ResultWriter } from './result-writer.ts'
import type { RecordedSettings, RunOneOptions } from './settings.ts'
import { supervise } from './supervise.ts'

type Workers = Awaited<ReturnType<RecordedRun['gather']>>
type FinalState = Awaited<ReturnType<typeof runScenario>>['state']

/** The receivers of a run's metrics and of its notifications; undefined for none. */
interface Receivers {
  readonly metrics: Awaited<ReturnType<RecordedRun['openMetrics']>>
  readonly notifier: Awaited<ReturnType<RecordedRun['openNotifier']>>
}

/**
 * Runs one scenario and writes everything about the run to its folder: journal, result so far (checkpoints), result and reports. Shows the progress
 * on the terminal.
 */
export class RecordedRun {
  private readonly plan: Plan
  private readonly dir: RunDir
  private readonly runId: string
  private readonly settings: RecordedSettings
  private readonly options: RunOneOptions
  private readonly control: Control
  private readonly writer: ResultWriter
  private readonly narrator: Narrator
  private events: RunEvents | undefined

  constructor(plan: Plan, dir: RunDir, runId: string, settings: RecordedSettings, options: RunOneOptions) {
    this.plan = plan
    this.dir = dir
    this.runId = runId
    this.settings = settings
    this.options = options
    this.control = options.together?.control ?? new Control()
    this.writer = new ResultWriter(dir, plan.secrets, settings, options)
    this.narrator = new Narrator(options.output.log)
  }

  async execute(): Promise<Result> {
    const { output, signals, flags, part } = this.options
    signals.attach(this.control)
    const notifier = await this.openNotifier()
    const metrics = await this.openMetrics()
    this.events = eventsOf([this.options.events, notifier], { runId: this.runId, folder: this.dir.path })
    this.events?.begin(this.plan, Date.now())
    this.narrator.begin(this.plan)
    const { workers = 1 } = this.options
    const makers = { workers, share: part?.share }
    const unreachable = flags.preflight
      ? await tryTargets(this.plan, this.control, makers, (value) => knownSecrets.add(value))
      : undefined
    if (unreachable) this.control.stop('finished')
    const crew = await this.gather()
    if (crew) signals.attach(crew.signalled)
    const { result, state } = await runScenario(this.plan, {
      ...part?.optionsFor(this.control),
      runId: this.runId,
      control: this.control,
      bounds: this.settings.bounds,
      gracefulMs: () => signals.graceMs(this.plan.gracefulMs),
      exits: () => [...this.stoppedBySignal(), ...(unreachable ? [unreachable] : []), ...(part?.exits ?? [])],
      supervise,
      // For runs that are compared, a judge is asked about pairs of replies later, when all runs have ended.
      ...(this.options.together && { beforeLoad: this.options.together.beforeLoad, scoresReplies: false }),
      startMock: (settings) => this.startMock(settings),
      ...crew?.options,
      ...(this.plan.judge && { known: (await import('../../report/judge/judgements.ts')).judgements() }),
      ...this.hooksWith(crew, unreachable === undefined),
      onJudge: (questions) => output.say(`asking the judge ${questions} questions about the replies`),
    })
    const made = crew ? await this.wholeOf(crew, result) : result
    return this.writeLast(made, state, { metrics, notifier })
  }

  /**
   * Returns the functions that the engine calls while the run lasts: they write the journal and checkpoints, and show the progress. `isReached` is
   * false when a target did not answer before the load.
   */
  private hooksWith(crew: Workers, isReached: boolean): Partial<Parameters<typeof runScenario>[1]> {
    const { output } = this.options
    return {
      onReady: (origins) => {
        output.begin()
        const { journal } = this.settings
        this.writer.journal = openJournal(this.dir.journalPath, this.plan, this.runId, journal, crew?.journalBytes)
        crew?.start(origins)
        if (isReached) this.options.background?.underWay({ runId: this.runId })
      },
      onSecret: (value) => {
        knownSecrets.add(value)
        crew?.learn(value)
      },
      onAttempt: (attempt, run) => {
        this.narrator.settled(attempt, run)
        this.events?.settled(attempt, run)
        writeAttempt(this.writer.journal, attempt, this.runId, run)
      },
      onSecond: (run, checkpoint, thresholds) => {
        this.narrator.watch(run)
        crew?.second(run, thresholds)
        output.tick(run, crew?.views)
        if (!crew) this.events?.second(run, thresholds.soFar)
        this.options.together?.onSecond(run)
        this.writer.offer(crew ? () => crew.checkpoint(checkpoint()) : checkpoint)
      },
      onOver: async (run) => {
        await crew?.seenAll(run)
        this.narrator.watch(run)
        if (!crew) this.events?.second(run)
        this.writer.journal?.close()
        this.options.together?.onOver(run)
        output.end()
      },
    }
  }

  /** Writes the result of the whole run, sends what is left to the receivers of metrics and webhooks, and writes what came of that. */
  private async writeLast(made: Result, state: FinalState, { metrics, notifier }: Receivers): Promise<Result> {
    const { part } = this.options
    const own = part?.marked(made) ?? made
    const whole = this.options.finish?.(own) ?? own
    const first = await this.writer.write(whole, state)
    const measured = metrics ? await metrics.end(whole, first) : whole
    const known = metrics ? await this.writer.write(measured, state) : first
    const write = (exits: readonly Exit[]) => this.writer.write(withExits(measured, exits), state)
    const written = notifier ? await notifier.end(known, write) : known
    if (notifier?.wasCut) this.options.signals.hasCut = true
    this.events?.finished(written)
    return written
  }

  /** Makes the worker processes of the run; undefined when it has none. */
  private async gather() {
    const { plan, runId, dir, control } = this
    const { workers = 1, signals, output, part, test } = this.options
    if (workers === 1) return undefined
    const { Crew, ofFirstAlone } = await import('../../workers/crew.ts')
    for (const name of ofFirstAlone(plan))
      output.log('warn', `stopWhen looks at "${name}" in the first of ${workers} processes alone; the result counts all`)
    const graceMs = () => signals.graceMs(plan.gracefulMs)
    const isLookedAt = plan.alerts.length > 0 || plan.stopWhen.length > 0 || plan.thresholds.some(({ abort }) => abort)
    const isFollowed = this.events !== undefined || isLookedAt
    return new Crew({
      ...{ plan, runId, journalPath: dir.journalPath, count: workers, control, graceMs },
      ...(test === undefined ? {} : { test }),
      ...(part && { share: part.share, moment: (leadMs) => part.moment(control, leadMs) }),
      ...(isFollowed && {
        onSecond: (run, { figures, thresholds }) => this.events?.second(run, () => thresholds, figures),
        onEvent: (event, number) => this.events?.ofWorker(event, number),
      }),
    })
  }

  /** Waits for the results of the workers, and merges them with that of this process. */
  private async wholeOf(crew: NonNullable<Workers>, own: Result): Promise<Result> {
    await crew.done()
    this.writer.moreAnomalies = crew.anomalies
    await crew.foldJournals()
    return crew.whole(own)
  }

  /** Makes the object that notifies webhooks; undefined for runs that are part of a comparison, because receivers could not tell them apart. */
  private async openNotifier() {
    const { plan, dir, runId, settings } = this
    const { flags, signals, output, together } = this.options
    if (flags.webhooks === false || together) return undefined
    const timeoutMs = settings.webhookTimeoutMs
    const notifier = await notifierFor({ plan, dir, runId, signals, log: output.log, timeoutMs })
    this.writer.hasWebhooks(notifier !== undefined)
    return notifier
  }

  /** Opens the destinations for metrics; undefined for runs that are part of a comparison, because dashboards could not tell them apart. */
  private async openMetrics() {
    const { signals, output, together } = this.options
    const { destinations } = this.settings
    if (destinations.length === 0 || together) return undefined
    const { MetricsOut } = await import('../../export/metrics-out.ts')
    const metrics = await MetricsOut.open(destinations, this.dir.path, signals, output.log)
    this.writer.onCheckpoint = (result) => metrics.offer(result)
    return metrics
  }

  private async startMock(settings: Parameters<typeof startMockWorker>[0]) {
    const mock = await startMockWorker(settings, { port: 0 })
    this.options.output.say(`started the embedded mock at ${mock.url}`)
    return mock
  }

  private stoppedBySignal(): Exit[] {
    const { code } = this.options.signals
    return code === undefined ? [] : [{ code, why: 'the run was stopped by a signal; the result covers the time until then' }]
  }
}
