import { largestPhase, peak } from '../../lint/phases.ts'
import { rule } from '../../lint/subject.ts'
import type { Phase } from '../../schema/schema.ts'

const HIGH_RATE = 1000

/** Returns the largest number of iterations that a phase can start per second, as far as the file says; with a pace, users times pace. */
function peakRate({ fields: { rate, users, pace } }: Phase): number {
  return pace === undefined ? peak(rate) : peak(users) * peak(pace)
}

/** The lint rule (of `burn validate`) that warns of a phase with more than 1,000 iterations per second, which may be too many for one machine. */
export const W_HIGH_RATE = rule('W_HIGH_RATE', ({ scenario }, report) => {
  const found = largestPhase(scenario.load ?? [], HIGH_RATE, peakRate)
  if (found === undefined) return
  const key = found.phase.fields.pace === undefined ? 'rate' : 'pace'
  const hint = 'a short run against `burn mock` shows whether this one does'
  report(['load', found.index, key], 'value', `${found.size} iterations a second: one machine may not do`, hint)
})
