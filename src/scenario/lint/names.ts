/** The steps that send something, under the names by which tables and thresholds speak of them. */
import type { WrittenStep } from '../schema/written-steps.ts'

/** Whether a step sends something itself: then tables have a row for it. */
export const sendsSomething = ({ step }: WrittenStep) => step.message !== undefined || step.request !== undefined

/** Returns the names of those among `steps` that send something, with the steps. One without a name is called step-1, step-2, … */
export function namedSteps(steps: readonly WrittenStep[]) {
  return steps.filter(sendsSomething).map(({ step, path }, index) => ({ name: step.name, otherwise: `step-${index + 1}`, path }))
}
