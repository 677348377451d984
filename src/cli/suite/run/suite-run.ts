/** Runs the tests of a suite, one after the other or side by side, and writes down what becomes of each. */
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

/** How the tests of a suite run (how many at once, with which pause) and how they are judged. */
export interface SuiteChoices {
  readonly parallel: number
  readonly gapMs: number
  readonly failOn: SuiteResult['failOn']
  readonly rankBy: SuiteResult['rankBy']
}

/** A suite that is ready to run. */
export interface ReadySuite extends SuiteChoices {
  readonly suiteId: string
  readonly name: string
  /** The file of the suite; null for one from flags. */
  readonly file: string | null
  readonly seed: string
  readonly tests: readonly LoadedTest[]
}

/** What a suite runs with, besides its tests. */
interface SuiteTools extends Pick<RunOneOptions, 'reports' | 'events' | 'signals'> {
  readonly folder: SuiteFolder
  readonly progress: SuiteProgress
  readonly overwrite: boolean
}

const NOTHING_YET = {
  ...{ verdict: null, reason: '', exitCode: null, folder: null, runId: null },
  ...{ startTime: null, durationMs: null, figures: null, rank: null },
}

/** Runs the tests of one suite and collects their results. */
export class SuiteRun {
  /** The results by the number of the test; tests without a result are missing. */
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

  /** Runs all tests, and returns what the suite came to. What could not be written of it is said, and in its exit code. */
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

  /** Runs one test. What cannot start has not passed, and keeps no other from running. */
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

  /** Changes what is known of a test, and writes that down. Returns the test as it is now. */
  private change(index: number, change: Partial<SuiteTest>): SuiteTest {
    const before = this.states[index]
    if (before === undefined) throw new Error(`there is no test ${index}`)
    const after = { ...before, ...change }
    this.states[index] = after
    this.save()
    return after
  }

  /** Runs go on while it is written; what goes wrong is known at the end. */
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
