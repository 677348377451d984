import { largestPhase, peak } from '../../lint/phases.ts'
import { rule } from '../../lint/subject.ts'

const MANY_USERS = 1000

/** The lint rule (of `burn validate`) that warns of a phase with more than 1,000 users, which may be too many for one machine. */
export const W_MANY_USERS = rule('W_MANY_USERS', ({ scenario }, report) => {
  const found = largestPhase(scenario.load ?? [], MANY_USERS, ({ fields }) => peak(fields.users))
  if (found === undefined) return
  const message = `${found.size} users: sockets and memory of this machine may not do`
  report(['load', found.index, 'users'], 'value', message, '`burn plan` compares them with the limits')
})
