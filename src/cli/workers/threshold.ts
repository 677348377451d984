import type { RunState } from '../../engine/outcome/run-state.ts'
import type { Control } from '../../engine/schedule/control.ts'

/** Whether a threshold with `abort` has ended a share, and not that its part of a budget was used up: that ends no other share. */
export function endedByThreshold({ budget, usedUp }: RunState, { reason }: Control): boolean {
  return reason === 'threshold' && !budget.hasEnded && usedUp === undefined
}
