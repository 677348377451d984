import { readsIn, reportRead } from '../../lint/reads.ts'
import { rule } from '../../lint/subject.ts'

/** The lint rule (of `burn validate`) that warns of a template or condition that reads a variable too early: only a later step sets it. */
export const W_VARIABLE_LATER = rule('W_VARIABLE_LATER', (subject, report) => {
  for (const { use, isKnown, all } of readsIn(subject)) {
    if (isKnown || !all.has(use.name)) continue
    const hint = 'every iteration starts without the values of the one before'
    reportRead(report, use, use.name.length, `${use.name} is only set by a later step`, hint)
  }
})
