/** The steps that send something, under the names by which tables and thresholds speak of them. */
import { member } from '../schema/schema-walk.ts'
import type { WrittenStep } from '../schema/written-steps.ts'

/** Whether a step sends something itself: then tables have a row for it. */
export const sendsSomething = ({ step }: WrittenStep) => step.message !== undefined || step.request !== undefined

/**
 * Returns the names of those among `steps` that send something, with their places. One without a name is called step-1, step-2, … A step that
 * `leaves` only closes the connection: it has a name, and is in no count.
 */
export function namedSteps(steps: readonly WrittenStep[]) {
  return steps.filter(sendsSomething).map(({ step, path }, index) => {
    const leaves = member(step.request, 'disconnect') !== undefined
    return { name: step.name, otherwise: `step-${index + 1}`, path, leaves }
  })
}
