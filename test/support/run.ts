/** Checks a scenario object, and runs it in this process as `burn run` does, without files. */
import { join } from 'node:path'
import type * as z from 'zod'
import type { Clock } from '../../src/clock.ts'
import { runScenario as runPlanned } from '../../src/engine/run-scenario.ts'
import { Control } from '../../src/engine/schedule/control.ts'
import type { SettledAttempt } from '../../src/engine/user/run-context.ts'
import { ScenarioError } from '../../src/errors.ts'
import { startMock } from '../../src/mock/server.ts'
import type { Result } from '../../src/result/schema.ts'
import { compileScenario } from '../../src/scenario/compile/compile.ts'
import type { scenarioSchema } from '../../src/scenario/schema/schema.ts'
import { validateScenario } from '../../src/scenario/validate.ts'

export interface TestRun {
  readonly result: Result
  readonly attempts: readonly SettledAttempt[]
}

export type RunInput = z.input<typeof scenarioSchema>

export interface TestRunOptions {
  readonly baseDir?: string
  readonly seed?: string
  /** Gets the control of the run. */
  readonly during?: (control: Control) => void
  /** Whether to keep all attempts; true by default. */
  readonly keep?: boolean
  readonly clock?: Clock
}

/** Validates, compiles and runs. @throws ScenarioError for what `burn validate` would refuse */
export async function runScenario(input: RunInput, options: TestRunOptions = {}): Promise<TestRun> {
  const baseDir = options.baseDir ?? '.'
  // What a test gives is meant as it stands: nothing of it comes from the environment.
  const text = JSON.stringify(input).replaceAll('${', () => '$${')
  const { scenario, problems } = validateScenario(text, join(baseDir, 'test.json'))
  if (!scenario) throw new ScenarioError(problems.filter(({ severity }) => severity === 'error'))
  const plan = compileScenario(scenario, {
    file: null,
    baseDir,
    seed: options.seed ?? String(scenario.seed ?? 'test'),
    secrets: [],
  })
  const control = new Control()
  const attempts: SettledAttempt[] = []
  const { result } = await runPlanned(plan, {
    runId: 'test',
    control,
    startMock,
    ...(options.clock && { clock: options.clock }),
    onReady: () => options.during?.(control),
    ...(options.keep !== false && { onAttempt: (attempt: SettledAttempt) => attempts.push(attempt) }),
  })
  return { result, attempts }
}
