import { uselessIn } from '../../../metrics/check/conflicts.ts'
import { rule, stepsOf } from '../../lint/subject.ts'
import { listAt } from '../../schema/written-steps.ts'

/** The lint rule (of `burn validate`) that warns of a check which every reply passes, such as `regex: ".*"`. */
export const W_CHECK_ALWAYS = rule('W_CHECK_ALWAYS', (subject, report) => {
  for (const { step, path } of stepsOf(subject))
    for (const { key, path: at } of uselessIn(listAt(step, ['expect'])))
      report([...path, 'expect', ...at], 'value', 'every reply passes this check, an empty one too', HINTS[key] ?? BOUND_HINT)
})

const SOME_TEXT = 'for a reply with any text: regex: ".+"'
const HINTS: Readonly<Record<string, string>> = { regex: SOME_TEXT, 'word-count': SOME_TEXT }
const BOUND_HINT = 'leave it out, or write a threshold that some replies fail'
