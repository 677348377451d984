/** Finds the steps that send something, with the names under which tables and thresholds refer to them. */
import { member } from '../schema/schema-walk.ts'
import type { WrittenStep } from '../schema/written-steps.ts'

/** True for a step with a message or a request, as written in the scenario file. */
export const sendsSomething = ({ step }: WrittenStep) => step.message !== undefined || step.request !== undefined

/**
 * Returns the name and path of each step with a message or a request. For a step without a name, `name` is undefined; `otherwise` is the name that
 * burn gives it as a step of the load, such as `step-1`; in setup and teardown its name is another. `leaves` is true when the request is a
 * `disconnect`, which only closes the connection.
 */
export function namedSteps(steps: readonly WrittenStep[]) {
  return steps.filter(sendsSomething).map(({ step, path }, index) => {
    const leaves = member(step.request, 'disconnect') !== undefined
    return { name: step.name, otherwise: `step-${index + 1}`, path, leaves }
  })
}
