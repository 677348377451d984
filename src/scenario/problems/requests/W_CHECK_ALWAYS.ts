import { uselessIn } from '../../../metrics/check/conflicts.ts'
import { rule, stepsOf } from '../../lint/subject.ts'
import { listAt } from '../../schema/written-steps.ts'

/** The rule that warns of a check which every text passes, such as `regex: ".*"`. */
export const W_CHECK_ALWAYS = rule('W_CHECK_ALWAYS', (subject, report) => {
  for (const { step, path } of stepsOf(subject))
    for (const at of uselessIn(listAt(step, ['expect'])))
      report(
        [...path, 'expect', ...at],
        'value',
        'every text passes this check, an empty one too',
        'for a reply with any text: regex: ".+"',
      )
})
