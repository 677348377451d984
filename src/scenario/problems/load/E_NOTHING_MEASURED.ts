import { numberOf } from '../../lint/phases.ts'
import { rule } from '../../lint/subject.ts'
import type { Phase } from '../../schema/schema.ts'
import { mapAt } from '../../schema/written-steps.ts'

/** True when a phase may start an iteration. A ramp without `from` counts, because it may come down from the phase before. */
function starts({ fields }: Phase): boolean {
  if (fields.pause !== undefined) return false
  const size = fields.rate ?? fields.users
  if (typeof size !== 'object') return true
  const { from, to } = mapAt(size, [])
  return from === undefined || numberOf(from) > 0 || numberOf(to) > 0
}

/** The lint rule (of `burn validate`) that reports a load which measures nothing, because every phase either is a warm-up or starts no iterations. */
export const E_NOTHING_MEASURED = rule('E_NOTHING_MEASURED', ({ scenario: { load: phases = [] } }, report) => {
  // An empty slot is a phase that could not be read.
  const unread = Object.keys(phases).length < phases.length
  if (phases.length === 0 || unread || phases.some((phase) => !phase.warmup && starts(phase))) return
  if (phases.some((phase) => phase.warmup)) {
    const message = 'every phase that starts anything is a warm-up: nothing would be measured'
    report(['load'], 'key', message, 'add a phase without warmup')
  } else report(['load'], 'key', 'no phase starts anything', 'add a phase with users, a rate or iterations')
})
