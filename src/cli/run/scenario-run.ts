/** Runs one scenario and writes its files. */
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import type { RunState } from '../../engine/outcome/run-state.ts'
import { type Exit, withExits } from '../../engine/outcome/verdict.ts'
import { runScenario } from '../../engine/run-scenario.ts'
import { Control } from '../../engine/schedule/control.ts'
import type { SettledAttempt } from '../../engine/user/run-context.ts'
import { EXIT, type LocalError, TargetError } from '../../errors.ts'
import type { ValidityBounds } from '../../metrics/validity.ts'
import { startMockWorker } from '../../mock/spawn.ts'
import type { ReportFormat } from '../../report/index.ts'
import type { Result } from '../../result/schema.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { RESULT_NAME } from '../../store/files/names.ts'
import { Journal } from '../../store/journal/journal.ts'
import { type JournalLevel, parseJournalLevel } from '../../store/journal/level.ts'
import { redactResult } from '../../store/redact-result.ts'
import { ResultCheckpointer } from '../../store/result-file.ts'
import { createRunDir, type RunDir } from '../../store/run-dir.ts'
import type { LoadedScenario } from '../load/load-scenario.ts'
import type { RunFlags } from '../load/run-flags.ts'
import type { ConsoleOutput } from '../output/console.ts'
import { untilOver } from '../output/crash.ts'
import { reportFailure } from '../output/failure.ts'
import { knownSecrets, shortSecretsNote } from '../output/known-secrets.ts'
import { pluginFault } from '../output/plugin-fault.ts'
import { type Background, DETACHED_LOG } from './background.ts'
import { boundsOf } from './bounds.ts'
import { RunFiles } from './files.ts'
import { introduction } from './introduction.ts'
import { journalEntry } from './journal-entry.ts'
import { Narrator } from './narrator.ts'
import { preflight, type Way } from './preflight.ts'
import type { Signals } from './signals.ts'

/** Everything that running one scenario needs besides the scenario. */
export interface RunOneOptions {
  readonly flags: RunFlags
  readonly reports: readonly ReportFormat[]
  readonly signals: Signals
  readonly output: ConsoleOutput
  /** Set in the background process of `--detach`; undefined in any other. */
  readonly background: Background | undefined
}

/** The result of a run and its folder. */
interface StoredRun {
  readonly result: Result
  readonly directory: string
}

/** Settings of one run from flags, checked before its folder is made. */
interface RunSettings {
  readonly journal: JournalLevel
  readonly bounds: ValidityBounds
}

/** The settings of a run by its flags: what the journal records, and the bounds of validity. @throws UsageError for an invalid value */
export function settingsOf(flags: RunFlags): RunSettings {
  return { journal: parseJournalLevel(flags.log), bounds: boundsOf(flags) }
}

/** Runs one scenario. Local errors before the first request throw; later ones become part of the result. @throws UsageError, LocalError */
export async function runOne(loaded: LoadedScenario, options: RunOneOptions): Promise<StoredRun> {
  const { plan } = loaded
  const { flags } = options
  const settings = settingsOf(flags)
  const runId = randomBytes(6).toString('hex')
  const dir = createRunDir({
    runId,
    name: plan.name,
    startedAt: Date.now(),
    ...(flags.out === undefined ? {} : { out: flags.out }),
    overwrite: flags.overwrite === true,
  })
  try {
    // This log belongs to the run whose result --overwrite has replaced.
    if (flags.overwrite && !options.background) rmSync(dir.file(DETACHED_LOG), { force: true })
    const result = await new RecordedRun(plan, dir, runId, settings, options).execute()
    return { result, directory: dir.path }
  } finally {
    dir.release()
  }
}

/** A run together with its journal, checkpoints, result, reports and progress display. */
class RecordedRun {
  private readonly plan: Plan
  private readonly dir: RunDir
  private readonly runId: string
  private readonly settings: RunSettings
  private readonly options: RunOneOptions
  private readonly files: RunFiles
  private readonly control = new Control()
  private readonly checkpointer: ResultCheckpointer
  private readonly narrator: Narrator
  private journal: Journal | undefined

  constructor(plan: Plan, dir: RunDir, runId: string, settings: RunSettings, options: RunOneOptions) {
    this.plan = plan
    this.dir = dir
    this.runId = runId
    this.settings = settings
    this.options = options
    this.files = new RunFiles(dir, options.reports)
    this.checkpointer = new ResultCheckpointer(dir.resultPath)
    this.narrator = new Narrator(options.output.log)
  }

  async execute(): Promise<Result> {
    const { output, signals } = this.options
    signals.attach(this.control)
    for (const line of introduction(this.plan)) output.say(knownSecrets.redact(line))
    const unreachable = await this.tryTargets()
    if (unreachable) this.control.stop('finished')
    const { result } = await runScenario(this.plan, {
      runId: this.runId,
      control: this.control,
      bounds: this.settings.bounds,
      gracefulMs: () => signals.graceMs(this.plan.gracefulMs),
      exits: () => [...this.stoppedBySignal(), ...(unreachable ? [unreachable] : [])],
      supervise: async (finished, cancel) => endOf(await untilOver(finished, cancel)),
      startMock: (settings) => this.startMock(settings),
      onReady: () => {
        output.begin()
        this.journal = this.openJournal()
        if (!unreachable) this.options.background?.underWay({ runId: this.runId })
      },
      onSecret: (value) => knownSecrets.add(value),
      onAttempt: (attempt, run) => this.attemptEnded(attempt, run),
      onSecond: (run, checkpoint) => {
        this.narrator.watch(run)
        output.tick(run)
        this.checkpointer.offer(() => this.presentable(checkpoint()))
      },
      onOver: (run) => {
        this.narrator.watch(run)
        this.journal?.close()
        output.end()
      },
    })
    return this.write(result)
  }

  private async startMock(settings: Parameters<typeof startMockWorker>[0]) {
    const mock = await startMockWorker(settings, { port: 0 })
    this.options.output.say(`started the embedded mock at ${mock.url}`)
    return mock
  }

  /** Tries to connect to each target with a fixed address. Returns how the run ends when one fails, else undefined. */
  private async tryTargets(): Promise<Exit | undefined> {
    if (!this.options.flags.preflight) return undefined
    const stopped = new AbortController()
    const forget = this.control.onChange(() => stopped.abort())
    try {
      for (const target of this.plan.targets) {
        const known = target.url.static && target.mock === undefined
        // The cast is safe: these keys have the same meaning in every protocol's options.
        const way = (target.options ?? {}) as Way
        if (known) await preflight(target.url.render({}), way, target.timeouts.connect, stopped.signal)
      }
      return undefined
    } catch (error) {
      if (!(error instanceof TargetError)) throw error
      return { code: EXIT.couldNotTest, why: error.message }
    } finally {
      forget()
    }
  }

  private openJournal(): Journal {
    const { plan } = this
    return Journal.open(this.dir.journalPath, {
      level: this.settings.journal,
      redactor: knownSecrets,
      header: {
        runId: this.runId,
        scenarioName: plan.name,
        scenarioFile: plan.file,
        scenarioHash: plan.hash,
        seed: plan.seed,
        startTime: Date.now(),
      },
    })
  }

  private attemptEnded(attempt: SettledAttempt, run: RunState): void {
    this.narrator.settled(attempt, run)
    const { exchange, session, start } = attempt
    if (this.journal?.wants(exchange.outcome ?? 'cut', session, start.iteration))
      this.journal.write(journalEntry(attempt, this.runId, run))
  }

  private stoppedBySignal(): Exit[] {
    const { code } = this.options.signals
    return code === undefined ? [] : [{ code, why: 'the run was stopped by a signal; the result covers the time until then' }]
  }

  /** With the files that lie beside it, what became of the journal, and without any secret: nothing else leaves here. */
  private presentable(result: Result): Result {
    const files = this.files.list(this.settings.journal, this.options.background !== undefined)
    const journal = this.journal?.notes() ?? []
    return redactResult(
      { ...result, files, notes: [...result.notes, ...shortSecretsNote(this.plan.secrets), ...journal] },
      knownSecrets,
    )
  }

  /** Result and reports, as many as the disk takes; what it does not take ends in the result and the reports, if they can still be written. */
  private async write(measured: Result): Promise<Result> {
    const unwritten: LocalError[] = []
    const faults = () => [...(this.journal?.error ? [this.journal.error] : []), ...unwritten]
    const told = () => this.presentable(withFaults(measured, faults()))
    const makeRoom = () => this.journal?.giveRoom() === true
    const writeResult = () => this.files.attempt(RESULT_NAME, () => this.checkpointer.finish(told()), makeRoom)
    const fault = await writeResult()
    if (fault) unwritten.push(fault)
    const known = faults().length
    unwritten.push(...(await this.files.writeReports(told(), makeRoom)))
    if (faults().length > known) {
      await writeResult()
      await this.files.writeReports(told(), makeRoom)
    }
    for (const { message, hint } of faults())
      this.options.output.log('error', hint === undefined ? message : `${message} (${hint})`)
    return told()
  }
}

/** A result that says which files of its run could not be written. */
function withFaults(result: Result, faults: readonly LocalError[]): Result {
  if (faults.length === 0) return result
  return withExits(
    result,
    faults.map(({ message }) => ({ code: EXIT.local, why: message })),
  )
}

/** How a thrown error ends the run: a local error such as a full disk (7), a scenario that cannot work (2), else a bug (5). */
function endOf(thrown: { readonly error: unknown } | undefined): Exit | undefined {
  if (thrown === undefined) return undefined
  const error = pluginFault(thrown.error) ?? thrown.error
  const code = reportFailure(error)
  const said = error instanceof Error ? error.message : String(error)
  return { code, why: code === EXIT.bug ? `a bug in burn ended the run: ${said}` : said }
}
