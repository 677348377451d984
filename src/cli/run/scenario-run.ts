/** One scenario from its plan to its files. */
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { EXIT, type ExitCode, LocalError, TargetError } from '../../errors.ts'
import type { Result } from '../../metrics/result.ts'
import type { ValidityBounds } from '../../metrics/validity.ts'
import { startMockWorker } from '../../mock/spawn.ts'
import type { ReportFormat } from '../../report/index.ts'
import { buildResult, type ResultContext } from '../../runner/build-result.ts'
import { Control } from '../../runner/control.ts'
import { Judges } from '../../runner/judges.ts'
import { runPlan } from '../../runner/run.ts'
import type { RunState } from '../../runner/run-state.ts'
import type { Plan } from '../../scenario/plan.ts'
import { Journal } from '../../store/journal.ts'
import { type LogLevel, parseLogLevel } from '../../store/journal-entry.ts'
import { RESULT_NAME } from '../../store/names.ts'
import { redactResult } from '../../store/redact-result.ts'
import { ResultCheckpointer } from '../../store/result-file.ts'
import { createRunDir, type RunDir } from '../../store/run-dir.ts'
import type { LoadedScenario } from '../load/load-scenario.ts'
import type { RunFlags } from '../load/run-flags.ts'
import type { ConsoleOutput } from '../output/console.ts'
import { untilOver } from '../output/crash.ts'
import { reportFailure } from '../output/failure.ts'
import { knownSecrets, shortSecretsNote } from '../output/known-secrets.ts'
import { VERSION } from '../output/version.ts'
import { type Background, DETACHED_LOG } from './background.ts'
import { boundsOf } from './bounds.ts'
import { RunFiles } from './files.ts'
import { introduction } from './introduction.ts'
import { journalEntry } from './journal-entry.ts'
import { Narrator } from './narrator.ts'
import { preflight, type Way } from './preflight.ts'
import type { Signals } from './signals.ts'

export interface RunOneOptions {
  readonly flags: RunFlags
  readonly reports: readonly ReportFormat[]
  readonly signals: Signals
  readonly output: ConsoleOutput
  /** When this is the run of `--detach`. */
  readonly background: Background | undefined
}

/** A scenario's result and the folder it lies in. */
interface FinishedRun {
  readonly result: Result
  readonly directory: string
}

/** What the flags say about one run, checked before its folder is made. */
interface RunSettings {
  readonly journal: LogLevel
  readonly bounds: ValidityBounds
}

/** @throws UsageError */
export function settingsOf(flags: RunFlags): RunSettings {
  return { journal: parseLogLevel(flags.log), bounds: boundsOf(flags) }
}

/** Runs one scenario. Local faults before the first request throw; later ones end up in the result. @throws UsageError, LocalError */
export async function runOne(loaded: LoadedScenario, options: RunOneOptions): Promise<FinishedRun> {
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
    // Of the run whose result was replaced.
    if (flags.overwrite && !options.background) rmSync(dir.file(DETACHED_LOG), { force: true })
    const result = await new ScenarioRun(plan, dir, runId, settings, options).execute()
    return { result, directory: dir.path }
  } finally {
    dir.release()
  }
}

interface Exit {
  readonly code: ExitCode
  readonly why: string
}

const UNDER_WAY = 'the run was still under way when this was written'

class ScenarioRun {
  private readonly plan: Plan
  private readonly dir: RunDir
  private readonly runId: string
  private readonly settings: RunSettings
  private readonly options: RunOneOptions
  private readonly files: RunFiles
  private readonly control = new Control()
  private readonly notes: string[] = []
  private readonly checkpointer: ResultCheckpointer
  private readonly narrator: Narrator
  private readonly targetUrls: string[]

  constructor(plan: Plan, dir: RunDir, runId: string, settings: RunSettings, options: RunOneOptions) {
    this.plan = plan
    this.dir = dir
    this.runId = runId
    this.settings = settings
    this.options = options
    this.files = new RunFiles(dir, options.reports)
    this.checkpointer = new ResultCheckpointer(dir.resultPath)
    this.narrator = new Narrator(options.output.log)
    this.notes.push(...shortSecretsNote(plan.secrets))
    this.targetUrls = plan.targets.map((target) => knownSecrets.redact(target.url.source))
  }

  async execute(): Promise<Result> {
    this.options.signals.attach(this.control)
    for (const line of introduction(this.plan)) this.options.output.say(knownSecrets.redact(line))
    const mocks = await this.startMocks()
    try {
      const origins = new Map([...mocks].map(([name, mock]) => [name, mock.url]))
      const unreachable = await this.tryTargets(origins)
      return await this.load(origins, unreachable)
    } finally {
      for (const mock of mocks.values()) await mock.close()
    }
  }

  private async startMocks() {
    const mocks = new Map<string, Awaited<ReturnType<typeof startMockWorker>>>()
    for (const target of this.plan.targets) {
      if (target.mock === undefined) continue
      const mock = await startMockWorker(target.mock, { port: 0 })
      mocks.set(target.name, mock)
      this.options.output.say(`started the embedded mock at ${mock.url}`)
    }
    return mocks
  }

  /** Undefined when every target with a fixed address accepts connections, or a signal made it pointless to ask. */
  private async tryTargets(origins: ReadonlyMap<string, string>): Promise<Exit | undefined> {
    if (!this.options.flags.preflight) return undefined
    const stopped = new AbortController()
    const forget = this.control.onChange(() => stopped.abort())
    try {
      for (const target of this.plan.targets) {
        const known = target.url.static && !origins.has(target.name)
        // Every protocol that has these keys in its block means the same by them.
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

  private async load(origins: ReadonlyMap<string, string>, unreachable: Exit | undefined): Promise<Result> {
    const { signals, output } = this.options
    if (unreachable) this.control.stop('finished')
    output.begin()
    const journal = this.openJournal()
    if (!unreachable) this.options.background?.underWay({ runId: this.runId })
    // The judges need the recorder, which the run makes.
    let judges: Judges | undefined
    const { state, finished } = runPlan(this.plan, this.control, {
      mockOrigins: origins,
      onSecret: (value) => knownSecrets.add(value),
      gracefulMs: () => signals.graceMs(this.plan.gracefulMs),
      onSettled: (attempt, run) => {
        this.narrator.settled(attempt, run)
        const { exchange, session, start } = attempt
        if (journal.wants(exchange.outcome ?? 'cut', session, start.iteration))
          journal.write(journalEntry(attempt, this.runId, run))
      },
      onSecond: (run) => {
        if (judges) this.everySecond(run, judges)
      },
    })
    judges = new Judges(this.plan, state.recorder)
    const thrown = await untilOver(finished, () => this.control.cut())
    this.narrator.watch(state)
    journal.close()
    output.end()
    return this.conclude(
      state,
      judges,
      journal,
      [unreachable, endOf(thrown)].filter((exit) => exit !== undefined),
    )
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

  private everySecond(run: RunState, judges: Judges): void {
    const abort = judges.feed(performance.now() - run.startedAt)
    if (abort) {
      this.control.stop('threshold')
      this.notes.push(`ended early: ${abort.name} failed, and has abort: true`)
    }
    this.narrator.watch(run)
    this.options.output.tick(run)
    this.checkpointer.offer(() => this.checkpoint(run, judges))
  }

  private async conclude(state: RunState, judges: Judges, journal: Journal, exits: Exit[]): Promise<Result> {
    const { signals } = this.options
    if (signals.code !== undefined)
      exits.unshift({ code: signals.code, why: 'stopped by a signal; what was measured until then is here' })
    this.notes.push(...journal.notes())
    const result = this.build(state, judges, exits)
    const faults = await this.write(result)
    if (faults.length === 0) return result
    for (const fault of faults) this.options.output.log('error', fault.message)
    const final = this.build(state, judges, [...exits, ...faults.map(({ message }) => ({ code: EXIT.local, why: message }))])
    // The file that could not be written may be another one: the result and the reports should tell of it, if they can.
    const told = await this.checkpointer.finish(final).then(
      () => final,
      () => ({ ...final, files: final.files.filter(({ path }) => path !== RESULT_NAME) }),
    )
    await this.files.writeReports(told)
    return told
  }

  /** Result and reports, as many as the disk takes. Returns what it did not take. */
  private async write(result: Result): Promise<LocalError[]> {
    const faults = await this.files.writeReports(result)
    try {
      await this.checkpointer.finish(result)
    } catch (error) {
      if (!(error instanceof LocalError)) throw error
      faults.push(error)
    }
    return faults
  }

  private build(state: RunState, judges: Judges, exits: readonly Exit[]): Result {
    const broken = exits.some(({ code }) => code === EXIT.bug || code === EXIT.local)
    const status = broken ? 'failed' : this.options.signals.code === undefined ? 'completed' : 'aborted'
    return this.redacted(buildResult(state, this.context(status, judges, exits)))
  }

  /** Whoever finds this file later must not take half a run for a pass. */
  private checkpoint(state: RunState, judges: Judges): Result {
    const result = this.redacted(buildResult(state, this.context('running', judges, [{ code: EXIT.bug, why: UNDER_WAY }])))
    return { ...result, verdict: 'incomplete' }
  }

  /** Nothing leaves here that still holds a secret. */
  private redacted(result: Result): Result {
    return redactResult(result, knownSecrets)
  }

  private context(status: Result['status'], judges: Judges, otherExits: readonly Exit[]): ResultContext {
    return {
      runId: this.runId,
      version: VERSION,
      status,
      judges,
      bounds: this.settings.bounds,
      otherExits,
      notes: this.notes,
      targetUrls: this.targetUrls,
      files: this.files.list(this.settings.journal, this.options.background !== undefined),
    }
  }
}

/** What ended the run before its time: a file or a port on this side (7), a scenario that cannot work (2), else a bug (5). */
function endOf(thrown: { readonly error: unknown } | undefined): Exit | undefined {
  if (thrown === undefined) return undefined
  const { error } = thrown
  const code = reportFailure(error)
  const said = error instanceof Error ? error.message : String(error)
  return { code, why: code === EXIT.bug ? `a bug in burn ended the run: ${said}` : said }
}
