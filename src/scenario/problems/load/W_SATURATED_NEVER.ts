import { rule } from '../../lint/subject.ts'
import type { Phase } from '../../schema/schema.ts'
import { listAt } from '../../schema/written-steps.ts'

/** True for a phase in which iterations start by a timetable, however many are in flight. */
const isOpen = ({ fields }: Phase) => fields.rate !== undefined || fields.trace !== undefined

/**
 * The lint rule (of `burn validate`) that warns of `stopWhen: saturated` (end the run when the target takes less load than arrives) where it can
 * never end the run: no phase, except for warm-ups, has an arrival rate or a trace of arrival times.
 */
export const W_SATURATED_NEVER = rule('W_SATURATED_NEVER', ({ scenario: { stopWhen = [], load }, value }, report) => {
  // A hole is a phase that could not be read.
  const isRead = load === undefined || Object.keys(load).length === load.length
  if (!isRead || load?.some((phase) => !phase.warmup && isOpen(phase))) return
  stopWhen.forEach(({ when }, index) => {
    if (when !== 'saturated') return
    const message = 'stopWhen: saturated is never met: it looks at phases with a rate or a trace, and none is measured'
    const path = listAt(value, ['stopWhen']).length > 0 ? ['stopWhen', index] : ['stopWhen']
    report(path, 'value', message, 'give the load a rate, or end the run by a threshold with abort: true')
  })
})
