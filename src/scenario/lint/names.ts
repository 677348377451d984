/** The steps that send something, under the names by which tables and thresholds speak of them. */
import { member } from '../schema/schema-walk.ts'
import type { WrittenStep } from '../schema/written-steps.ts'

/** True when the step is a message or a request. */
export const sendsSomething = ({ step }: WrittenStep) => step.message !== undefined || step.request !== undefined

/**
 * Returns name and path of each message and request step. `otherwise` is the name of a step that has none: step-1, step-2, …
 * `leaves` is true for a step that only closes the connection, which is not counted.
 */
export function namedSteps(steps: readonly WrittenStep[]) {
  return steps.filter(sendsSomething).map(({ step, path }, index) => {
    const leaves = member(step.request, 'disconnect') !== undefined
    return { name: step.name, otherwise: `step-${index + 1}`, path, leaves }
  })
}
