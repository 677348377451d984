/** Computes the sizes of the phases of a load. */
import type { Phase } from '../schema/schema.ts'
import { mapAt } from '../schema/written-steps.ts'

/** Returns a setting of a load phase, such as its users, if it is a plain number; otherwise, such as for a ramp or a missing setting, returns 0. */
export const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0)

/**
 * Returns the highest number of a setting of a load phase that may be a ramp: 5 for `5` and for `{ from: 1, to: 5 }`; 0 for anything that is neither
 * a number nor a ramp.
 */
export function peak(value: unknown): number {
  const { from, to } = mapAt(value, [])
  return Math.max(numberOf(value), numberOf(from), numberOf(to))
}

/**
 * Finds the phase with the largest size, such as number of users or rate, which `sizeOf` computes. Returns the phase, its index and its size if the
 * size is above the limit `most`; otherwise undefined.
 */
export function largestPhase(phases: readonly Phase[], most: number, sizeOf: (phase: Phase) => number) {
  const sizes = phases.map(sizeOf)
  const size = sizes.reduce((highest, one) => Math.max(highest, one), 0)
  const index = sizes.indexOf(size)
  const phase = phases[index]
  return size > most && phase !== undefined ? { size, phase, index } : undefined
}
