/** Compiles the lists of steps of a scenario, in the order in which the plan numbers the requests in them. */
import type { Scenario } from '../../schema/schema.ts'
import { compileOnError, SKIP } from '../errors.ts'
import { compileFaults } from '../faults.ts'
import type { PlannedFlow } from '../plan.ts'
import type { CompiledTarget } from '../target/targets.ts'
import type { ScenarioSource } from '../texts.ts'
import { StepCompiler } from './steps.ts'

/**
 * Compiles all steps of a scenario, including the steps of flows, setup and teardown, and the faults that are injected into the steps' attempts. A
 * scenario without `flows` has one flow, made of `steps`.
 */
export function compileAllSteps(scenario: Scenario, targets: readonly CompiledTarget[], source: ScenarioSource) {
  const { texts } = source
  const compiler = new StepCompiler(source)
  const common = { targets, target: 0, onError: compileOnError(scenario.onError, SKIP) }
  const indexOf = (name: string | undefined) => (name === undefined ? 0 : targets.findIndex((target) => target.name === name))
  const flows: PlannedFlow[] = scenario.flows
    ? scenario.flows.flatMap(({ name, weight, target, steps, tags }, index) => {
        texts.look(['flows', index, 'tags'])
        const context = { ...common, target: indexOf(target), flow: name, tags }
        return [{ name, weight, steps: compiler.compile(steps, ['flows', index, 'steps'], context) }]
      })
    : [{ name: undefined, weight: 1, steps: compiler.compile(scenario.steps ?? [], ['steps'], common) }]
  const outsideLoad = { ...common, setupOrTeardown: true }
  const setup = compiler.compile(scenario.setup ?? [], ['setup'], outsideLoad)
  const teardown = compiler.compile(scenario.teardown ?? [], ['teardown'], outsideLoad)
  const { exchanges } = compiler
  return { flows, setup, teardown, exchanges, ...compileFaults(scenario.faults, { exchanges, targets }) }
}
