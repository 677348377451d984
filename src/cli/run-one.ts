/** One scenario from its plan to its files. */
import { randomBytes } from 'node:crypto'
import { EXIT, type ExitCode, LocalError, TargetError, UsageError } from '../errors.ts'
import type { Result } from '../metrics/result.ts'
import { DEFAULT_BOUNDS, type ValidityBounds } from '../metrics/validity.ts'
import { startMockWorker } from '../mock/spawn.ts'
import { type ReportFormat, reporters } from '../report/index.ts'
import { FILE_OPTIONS } from '../report/reporter.ts'
import { buildResult, type ResultContext } from '../runner/build-result.ts'
import { Control } from '../runner/control.ts'
import { Judges } from '../runner/judges.ts'
import { type RunState, runPlan } from '../runner/run.ts'
import type { Plan } from '../scenario/plan.ts'
import { Redactor } from '../secrets.ts'
import { Journal } from '../store/journal.ts'
import { parseLogLevel } from '../store/journal-entry.ts'
import { openOutputs } from '../store/output-file.ts'
import { redactResult } from '../store/redact-result.ts'
import { ResultCheckpointer } from '../store/result-file.ts'
import { createRunDir, type RunDir } from '../store/run-dir.ts'
import { parseDuration } from '../units.ts'
import type { ConsoleOutput } from './console-output.ts'
import { journalEntry } from './journal-entry.ts'
import type { LoadedScenario } from './load-scenario.ts'
import { preflight } from './preflight.ts'
import { type RunFlags, withUnit } from './run-flags.ts'
import type { Signals } from './signals.ts'
import { VERSION } from './version.ts'

export interface RunOneOptions {
  readonly flags: RunFlags
  readonly reports: readonly ReportFormat[]
  readonly signals: Signals
  readonly output: ConsoleOutput
}

/** A scenario's result and the folder it lies in. */
export interface FinishedRun {
  readonly result: Result
  readonly directory: string
}

/** Runs one scenario. Local faults before the first request throw; later ones end up in the result. */
export async function runOne(loaded: LoadedScenario, options: RunOneOptions): Promise<FinishedRun> {
  const { plan } = loaded
  const { flags } = options
  const runId = randomBytes(6).toString('hex')
  const level = parseLogLevel(flags.log)
  const dir = createRunDir({
    runId,
    name: plan.name,
    startedAt: Date.now(),
    ...(flags.out === undefined ? {} : { out: flags.out }),
    overwrite: flags.overwrite === true,
  })
  try {
    const files = openOutputs(options.reports.map((format) => dir.file(reportName(format))))
    const run = new ScenarioRun(plan, dir, runId, level, options)
    const result = await run.execute()
    for (const format of options.reports)
      await files.write(dir.file(reportName(format)), reporters[format].render(result, FILE_OPTIONS))
    return { result, directory: dir.path }
  } finally {
    dir.release()
  }
}

/** `junit.xml`, `report.md`, … in the folder of the run. */
function reportName(format: ReportFormat): string {
  return format === 'junit' ? 'junit.xml' : format === 'json' ? 'report.json' : `report.${reporters[format].extension}`
}

interface Exit {
  readonly code: ExitCode
  readonly why: string
}

class ScenarioRun {
  private readonly plan: Plan
  private readonly dir: RunDir
  private readonly runId: string
  private readonly options: RunOneOptions
  private readonly redactor = new Redactor()
  private readonly level: ReturnType<typeof parseLogLevel>
  private readonly control = new Control()
  private readonly notes: string[] = []
  private readonly bounds: ValidityBounds
  private readonly checkpointer: ResultCheckpointer
  private targetUrls: string[]

  constructor(plan: Plan, dir: RunDir, runId: string, level: ReturnType<typeof parseLogLevel>, options: RunOneOptions) {
    this.plan = plan
    this.dir = dir
    this.runId = runId
    this.level = level
    this.options = options
    this.bounds = boundsOf(options.flags)
    this.checkpointer = new ResultCheckpointer(dir.resultPath)
    for (const secret of plan.secrets) this.redactor.add(secret)
    this.targetUrls = plan.targets.map((target) => this.redactor.redact(target.url.source))
  }

  async execute(): Promise<Result> {
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

  /** Undefined when every target with a fixed address accepts connections. */
  private async tryTargets(origins: ReadonlyMap<string, string>): Promise<Exit | undefined> {
    if (!this.options.flags.preflight) return undefined
    try {
      for (const target of this.plan.targets) {
        const known = target.url.static && !origins.has(target.name)
        if (known) await preflight(target.url.render({}), target.timeouts.connect)
      }
      return undefined
    } catch (error) {
      if (!(error instanceof TargetError)) throw error
      return { code: EXIT.couldNotTest, why: this.redactor.redact(error.message) }
    }
  }

  private async load(origins: ReadonlyMap<string, string>, unreachable: Exit | undefined): Promise<Result> {
    const { signals, output } = this.options
    signals.attach(this.control)
    if (unreachable) this.control.stop('finished')
    output.begin()
    const journal = this.openJournal()
    // The judges need the recorder, which the run makes.
    let judges: Judges | undefined
    const { state, finished } = runPlan(this.plan, this.control, {
      mockOrigins: origins,
      gracefulMs: () => signals.graceMs(this.plan.gracefulMs),
      onSettled: (attempt, run) => {
        const { exchange, session, start } = attempt
        if (journal.wants(exchange.outcome ?? 'cut', session, start.iteration))
          journal.write(journalEntry(attempt, this.runId, run))
      },
      onSecond: (run) => {
        if (judges) this.everySecond(run, judges)
      },
    })
    judges = new Judges(this.plan, state.recorder)
    const bug = await finished.then(
      () => undefined,
      (error: unknown) => error ?? new Error('unknown'),
    )
    journal.close()
    output.end()
    return this.conclude(
      state,
      judges,
      journal,
      [unreachable, bugExit(bug)].filter((exit) => exit !== undefined),
    )
  }

  private openJournal(): Journal {
    const { plan } = this
    return Journal.open(this.dir.journalPath, {
      level: this.level,
      redactor: this.redactor,
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
    this.options.output.tick(run)
    this.checkpointer.offer(() => this.build(run, 'running', judges, []))
  }

  private async conclude(state: RunState, judges: Judges, journal: Journal, exits: readonly Exit[]): Promise<Result> {
    const { signals } = this.options
    const signal =
      signals.code === undefined ? [] : [{ code: signals.code, why: 'stopped by a signal; what was measured until then is here' }]
    const bug = exits.some(({ code }) => code === EXIT.bug)
    const status = bug ? 'failed' : signals.code === undefined ? 'completed' : 'aborted'
    this.notes.push(...journal.notes())
    const result = this.build(state, status, judges, [...signal, ...exits])
    try {
      await this.checkpointer.finish(result)
      return result
    } catch (error) {
      if (!(error instanceof LocalError)) throw error
      const local = { code: EXIT.local, why: error.message }
      return this.build(state, 'failed', judges, [...signal, ...exits, local])
    }
  }

  /** Nothing leaves here that still holds a secret. */
  private build(state: RunState, status: Result['status'], judges: Judges, exits: readonly Exit[]): Result {
    return redactResult(buildResult(state, this.context(status, judges, exits)), this.redactor)
  }

  private context(status: Result['status'], judges: Judges, otherExits: readonly Exit[]): ResultContext {
    const { reports } = this.options
    return {
      runId: this.runId,
      version: VERSION,
      status,
      judges,
      bounds: this.bounds,
      otherExits,
      notes: this.notes,
      targetUrls: this.targetUrls,
      files: [
        { path: 'result.json', holds: 'the result' },
        ...(this.level.kind === 'none' ? [] : [{ path: 'sessions.jsonl', holds: 'the conversations' }]),
        ...reports.map((format) => ({ path: reportName(format), holds: reporters[format].describe })),
      ],
    }
  }
}

function bugExit(bug: unknown): Exit | undefined {
  if (bug === undefined) return undefined
  process.stderr.write(
    `burn ${VERSION}: this is a bug in burn, please report it:\n${bug instanceof Error ? bug.stack : String(bug)}\n`,
  )
  return { code: EXIT.bug, why: `a bug in burn ended the run: ${bug instanceof Error ? bug.message : String(bug)}` }
}

function boundsOf(flags: RunFlags): ValidityBounds {
  if (flags.allowLag === undefined) return DEFAULT_BOUNDS
  const lagP99Ms = parseDuration(withUnit('--allow-lag', flags.allowLag, 'ms'))
  if (lagP99Ms === undefined) throw new UsageError(`--allow-lag ${flags.allowLag}: expected a duration such as 50ms`)
  return { ...DEFAULT_BOUNDS, lagP99Ms }
}
