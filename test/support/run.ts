/** Validates a scenario object and runs it in this process as `burn run` does, without writing files. */
import { join } from 'node:path'
import type * as z from 'zod'
import type { Clock } from '../../src/clock.ts'
import type { AskOptions } from '../../src/engine/ask-judge.ts'
import type { RunState } from '../../src/engine/outcome/run-state.ts'
import type { RunHooks } from '../../src/engine/run-options.ts'
import { runScenario as runPlanned } from '../../src/engine/run-scenario.ts'
import { Control } from '../../src/engine/schedule/control.ts'
import type { SettledAttempt } from '../../src/engine/user/run-context.ts'
import { ScenarioError } from '../../src/errors.ts'
import { DEFAULT_BOUNDS } from '../../src/metrics/validity/facts.ts'
import { startMock } from '../../src/mock/server.ts'
import type { Result } from '../../src/result/schema.ts'
import type { Plan } from '../../src/scenario/compile/plan.ts'
import { planRun } from '../../src/scenario/compile.ts'
import type { scenarioSchema } from '../../src/scenario/schema/schema.ts'
import { validateScenario } from '../../src/scenario/validate.ts'
import type { Share } from '../../src/statistics/parts/share.ts'
import { whole } from './whole.ts'

/** The result of a test's run and its settled attempts. */
export interface TestRun {
  readonly result: Result
  readonly attempts: readonly SettledAttempt[]
}

/** A scenario as plain data, in the form in which a file holds it. */
export type RunInput = z.input<typeof scenarioSchema>

/** How a test runs a scenario. */
export interface TestRunOptions {
  readonly baseDir?: string
  readonly seed?: string
  /** Called with the control of the run, to stop or inspect it. */
  readonly during?: (control: Control) => void
  /** True (default) to keep all attempts. */
  readonly keep?: boolean
  readonly clock?: Clock
  /** Called for each attempt just before its request goes to the connector, where it may wait for a connection. */
  readonly onRequest?: () => void
  /** Called with every secret that the run comes to know. */
  readonly onSecret?: (value: string) => void
  /** Called once a second, and once more when the run is over. */
  readonly watch?: (run: RunState) => void
  /** Called once a second with what `runScenario` gives; alerts and thresholds with `abort` are then the caller's to judge. */
  readonly follow?: RunHooks['onSecond']
  /** What judges answered before. */
  readonly known?: AskOptions['known']
  /** True to leave out how late this machine was, as `--allow-lag` does. */
  readonly allowLag?: boolean
  /** The part of the scenario that this run makes; left out: the whole. */
  readonly share?: Share
  /** False: whether the result holds together is never looked at. */
  readonly check?: boolean
}

/** Validates and compiles a scenario. @throws ScenarioError for a scenario that `burn validate` rejects */
export function planOf(input: RunInput, { baseDir = '.', seed }: Pick<TestRunOptions, 'baseDir' | 'seed'> = {}): Plan {
  // References to the environment in a test's scenario stay plain text.
  const text = JSON.stringify(input).replaceAll('${', () => '$${')
  const { scenario, plan: body, problems } = validateScenario(text, join(baseDir, 'test.json'))
  if (!scenario || !body) throw new ScenarioError(problems.filter(({ severity }) => severity === 'error'))
  return planRun(scenario, body, { file: null, seed: seed ?? String(scenario.seed ?? 'test'), secrets: [] })
}

/** Validates, compiles and runs a scenario. @throws ScenarioError for a scenario that `burn validate` rejects */
export async function runScenario(input: RunInput, options: TestRunOptions = {}): Promise<TestRun> {
  const plan = planOf(input, options)
  const control = new Control()
  const attempts: SettledAttempt[] = []
  const { result } = await runPlanned(plan, {
    runId: 'test',
    control,
    startMock,
    ...(options.clock && { clock: options.clock }),
    ...(options.onRequest && { onRequest: options.onRequest }),
    ...(options.known && { known: options.known }),
    ...(options.onSecret && { onSecret: options.onSecret }),
    ...(options.allowLag && { bounds: { ...DEFAULT_BOUNDS, lagP99Ms: 60_000, stalledShare: 1, loopBusy: 1 } }),
    onReady: () => options.during?.(control),
    ...(options.share && { share: options.share }),
    ...(options.watch && { onSecond: options.watch, onOver: options.watch }),
    ...(options.follow && { onSecond: options.follow, decidesLive: false }),
    ...(options.keep !== false && { onAttempt: (attempt: SettledAttempt) => attempts.push(attempt) }),
  })
  return { result: options.check === false ? result : whole(result), attempts }
}
