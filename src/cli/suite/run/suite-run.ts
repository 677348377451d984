/** Runs the tests of a suite, one after the other or at the same time, and stores the outcome of each. */
import { join } from 'node:path'
import pLimit from 'p-limit'
import { EXIT, type ExitCode } from '../../../errors.ts'
import type { Result } from '../../../result/schema.ts'
import { finishedTest, SUITE_VERSION, type SuiteResult, type SuiteTest, withRanks } from '../../../result/suite.ts'
import { verdictOf } from '../../../result/verdict.ts'
import { reportFailure } from '../../output/failure.ts'
import { logWarnings } from '../../run/console.ts'
import { runOne } from '../../run/recorded/scenario-run.ts'
import type { RunOneOptions, RunOutput } from '../../run/recorded/settings.ts'
import { workersOf } from '../../run/workers.ts'
import type { LoadedTest } from '../file/load.ts'
import { type SuiteFolder, withoutSecrets } from './folder.ts'
import { endOf, UNDER_WAY } from './outcome.ts'
import type { SuiteProgress } from './progress.ts'

/**
 * How the tests of a suite run: how many at the same time (`parallel`), and with which pause in ms (`gapMs`). Also whether one failed test makes the
 * suite fail, or only the failure of all (`failOn`), and by which metric tests are ranked (`rankBy`).
 */
export interface SuiteChoices {
  readonly parallel: number
  readonly gapMs: number
  readonly failOn: SuiteResult['failOn']
  readonly rankBy: SuiteResult['rankBy']
}

/** A suite (several tests with one verdict) before it starts: its name and seed, its tests with their scenarios loaded, and how they are to run. */
export interface ReadySuite extends SuiteChoices {
  readonly suiteId: string
  readonly name: string
  /** The path of the suite file; null for a suite that flags describe. */
  readonly file: string | null
  readonly seed: string
  readonly tests: readonly LoadedTest[]
}

/** What a suite needs to run its tests: its folder, its progress display, reports, events and signals. */
interface SuiteTools extends Pick<RunOneOptions, 'reports' | 'events' | 'signals'> {
  readonly folder: SuiteFolder
  readonly progress: SuiteProgress
  readonly overwrite: boolean
}

const NOTHING_YET = {
  ...{ verdict: null, reason: '', exitCode: null, folder: null, runId: null },
  ...{ startTime: null, durationMs: null, figures: null, rank: null },
}

/** Runs the tests of one suite, several at the same time if asked, and collects their results. */
export class SuiteRun {
  /** The results of the runs, by the number of the test; a test without a result is missing. */
  readonly results = new Map<number, Result>()
  private readonly suite: ReadySuite
  private readonly tools: SuiteTools
  private readonly startTime = Date.now()
  private readonly states: SuiteTest[]
  private lost: unknown

  constructor(suite: ReadySuite, tools: SuiteTools) {
    this.suite = suite
    this.tools = tools
    this.states = suite.tests.map(({ name, settings, loaded }, index) => {
      return { ...NOTHING_YET, status: 'pending', number: index + 1, name, settings, scenario: loaded.plan.file }
    })
  }

  /** Runs all tests and returns the result of the suite. A file that could not be written is reported on stderr and in the exit code. */
  async execute(): Promise<SuiteResult> {
    const { parallel, tests } = this.suite
    const limit = pLimit(parallel)
    this.save()
    await Promise.all(tests.map((test, index) => limit(() => this.runTest(test, index))))
    const { signals, folder } = this.tools
    const wasCut = signals.hasCut || this.states.some(({ status }) => status === 'stopped' || status === 'not_started')
    const ended = this.result(endOf(this.states, this.suite.failOn, wasCut ? signals.code : undefined))
    try {
      await folder.finish(ended, this.results)
    } catch (error) {
      this.lost = error
    }
    return this.lost === undefined ? ended : withFailure(ended, reportFailure(this.lost))
  }

  private async runTest(test: LoadedTest, index: number): Promise<void> {
    const { signals, progress } = this.tools
    if (index > 0 && this.suite.gapMs > 0) await signals.pause(this.suite.gapMs)
    if (signals.code !== undefined) {
      this.change(index, { status: 'not_started', reason: 'never started: the suite was stopped before' })
      return
    }
    const count = this.states.length
    const folder = this.tools.folder.of(index + 1, test.name, count)
    const output = progress.begin(this.change(index, { status: 'running', folder, startTime: Date.now() }), count)
    logWarnings(output, test.loaded)
    const after = await this.outcomeOf(test, index, folder, output)
    progress.end(this.change(index, after), count)
  }

  /** Runs one test. When it cannot start, the test counts as not passed, and the other tests still run. */
  private async outcomeOf(test: LoadedTest, index: number, folder: string, output: RunOutput): Promise<Partial<SuiteTest>> {
    const { signals, reports, events, overwrite } = this.tools
    const out = join(this.tools.folder.path, folder)
    const startTime = Date.now()
    try {
      const { result } = await runOne(test.loaded, {
        flags: { ...test.flags, out, overwrite },
        ...{ reports, signals, output, background: undefined, workers: workersOf(test.loaded, test.flags), test: index },
        ...(events && { events }),
      })
      this.results.set(index + 1, result)
      return finishedTest({ number: index + 1, name: test.name, settings: test.settings, folder }, result)
    } catch (error) {
      output.end()
      const exitCode = reportFailure(error)
      const reason = `could not start: ${error instanceof Error ? error.message : String(error)}`
      return { status: 'could_not_start', verdict: verdictOf(exitCode), exitCode, reason, durationMs: Date.now() - startTime }
    }
  }

  /** Changes the stored state of a test and writes the suite's file. Returns the new state. */
  private change(index: number, change: Partial<SuiteTest>): SuiteTest {
    const before = this.states[index]
    if (before === undefined) throw new Error(`there is no test ${index}`)
    const after = { ...before, ...change }
    this.states[index] = after
    this.save()
    return after
  }

  /** Starts to write the suite's file; tests go on meanwhile. An error is kept until the end of the suite. */
  private save(): void {
    this.tools.folder.save(this.result(UNDER_WAY)).catch((error: unknown) => {
      this.lost ??= error
    })
  }

  private result(end: ReturnType<typeof endOf>): SuiteResult {
    const { suiteId, name, file, seed, parallel, gapMs, failOn, rankBy } = this.suite
    const whole: SuiteResult = {
      ...{ suiteVersion: SUITE_VERSION, suiteId, suite: name, file, ...end },
      ...{ failOn, parallel, gapMs, rankBy, seed },
      startTime: this.startTime,
      durationMs: Math.max(0, Date.now() - this.startTime),
      tests: withRanks(this.states, rankBy),
    }
    return withoutSecrets(whole)
  }
}

function withFailure(suite: SuiteResult, code: ExitCode): SuiteResult {
  const exitCodes = [...new Set([...suite.exitCodes, code])]
  const worst = suite.exitCode === EXIT.sigint || suite.exitCode === EXIT.sigterm ? suite.exitCode : code
  return { ...suite, verdict: suite.verdict === 'passed' ? 'failed' : suite.verdict, exitCode: worst, exitCodes }
}
