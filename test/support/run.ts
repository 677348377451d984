/** Runs a scenario object in this process, as `burn run` does, without files. */
import type * as z from 'zod'
import type { Result } from '../../src/metrics/result.ts'
import { DEFAULT_BOUNDS } from '../../src/metrics/validity.ts'
import { buildResult } from '../../src/runner/build-result.ts'
import { Control } from '../../src/runner/control.ts'
import { Judges } from '../../src/runner/judges.ts'
import { runPlan } from '../../src/runner/run.ts'
import type { SettledAttempt } from '../../src/runner/run-context.ts'
import { compileScenario } from '../../src/scenario/compile/compile.ts'
import { type Scenario, scenarioSchema } from '../../src/scenario/schema/schema.ts'

export interface TestRun {
  readonly result: Result
  readonly attempts: readonly SettledAttempt[]
}

type Input = z.input<typeof scenarioSchema>

/** Compiles and runs; `during` gets the control of the run. */
export async function runScenario(
  input: Input,
  options: { baseDir?: string; seed?: string; during?: (control: Control) => void; keep?: boolean } = {},
): Promise<TestRun> {
  const scenario: Scenario = scenarioSchema.parse(input)
  const plan = compileScenario(scenario, {
    file: null,
    baseDir: options.baseDir ?? '.',
    seed: options.seed ?? String(scenario.seed ?? 'test'),
    secrets: [],
  })
  const control = new Control()
  const attempts: SettledAttempt[] = []
  let judges: Judges | undefined
  const { state, finished } = runPlan(plan, control, {
    mockOrigins: new Map(),
    gracefulMs: () => plan.gracefulMs,
    onSettled: (attempt) => {
      if (options.keep !== false) attempts.push(attempt)
    },
    onSecond: (run) => {
      if (judges?.feed(performance.now() - run.startedAt)) control.stop('threshold')
    },
  })
  judges = new Judges(plan, state.recorder)
  options.during?.(control)
  await finished
  const result = buildResult(state, {
    runId: 'test',
    version: 'test',
    status: 'completed',
    judges,
    bounds: DEFAULT_BOUNDS,
    otherExits: [],
    files: [],
    notes: [],
    targetUrls: [],
  })
  return { result, attempts }
}
