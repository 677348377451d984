import { sendsSomething } from '../../lint/names.ts'
import { rule } from '../../lint/subject.ts'
import { loadSteps } from '../../schema/written-steps.ts'

/** The lint rule (of `burn validate`) that reports a scenario in which no step of the load sends anything: a run without attempts never passes. */
export const E_NOTHING_SENT = rule('E_NOTHING_SENT', ({ value, doubts }, report) => {
  if (doubts.steps || loadSteps(value).some(sendsSomething)) return
  report(['steps'], 'key', 'no step sends anything: there would be nothing to measure', 'add a step with message or request')
})
