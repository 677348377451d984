import { rule, stepsOf } from '../../lint/subject.ts'
import { mapAt } from '../../schema/written-steps.ts'

/** The lint rule (of `burn validate`) that warns of a loop with `times: 0`, whose steps never run. */
export const W_LOOP_NEVER = rule('W_LOOP_NEVER', (subject, report) => {
  for (const { step, path } of stepsOf(subject))
    if (mapAt(step, ['loop']).times === 0) report([...path, 'loop', 'times'], 'value', 'this loop never runs')
})
