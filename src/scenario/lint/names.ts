/** Finds the steps that send something, with the names under which tables and thresholds refer to them. */
import { member } from '../schema/schema-walk.ts'
import type { WrittenStep } from '../schema/written-steps.ts'

/** True when a step sends something: a message or a request. */
export const sendsSomething = ({ step }: WrittenStep) => step.message !== undefined || step.request !== undefined

/**
 * Returns the name and path of each step that sends something. For a step without a name, `name` is undefined; `otherwise` is the name that burn
 * gives it, such as `step-1`. `leaves` is true for a step that only closes the connection; plans do not number such steps.
 */
export function namedSteps(steps: readonly WrittenStep[]) {
  return steps.filter(sendsSomething).map(({ step, path }, index) => {
    const leaves = member(step.request, 'disconnect') !== undefined
    return { name: step.name, otherwise: `step-${index + 1}`, path, leaves }
  })
}
