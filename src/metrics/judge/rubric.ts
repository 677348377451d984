/** What a model that grades replies is asked to look at, and on which scale. */
export interface Rubric {
  readonly text: string
  readonly min: number
  readonly max: number
  /** The least score that is good enough. */
  readonly pass: number
}

/** The rubric of a scenario that names none. */
export const DEFAULT_RUBRIC =
  'Does the reply answer the message: is it correct as far as you can tell, complete, to the point, and free of anything that was not asked for?'

/** The scale of a scenario that names none. */
export const DEFAULT_SCALE = [1, 5] as const

/** The least score that is good enough when the scenario names none: three quarters of the way up, 4 on a scale from 1 to 5. */
export function usualPass(min: number, max: number): number {
  return min + 0.75 * (max - min)
}
