/** The rubric by which a judge model scores replies: what a good reply is, and the scale of the scores. */
export interface Rubric {
  /** Name of the criterion; undefined when the judge has only one rubric. */
  readonly name?: string | undefined
  readonly text: string
  readonly min: number
  readonly max: number
  /** The lowest score with which a reply passes. */
  readonly pass: number
}

/** The rubric when the `judge` block of a scenario has none. */
export const DEFAULT_RUBRIC =
  'Does the reply answer the message: is it correct as far as you can tell, complete, to the point, and free of anything that was not asked for?'

/** Returns the rubrics of a judge as one text: the only rubric, or a line for each named one. */
export function rubricText(criteria: readonly Rubric[]): string {
  return criteria.map(({ name, text }) => (name === undefined ? text : `${name}: ${text}`)).join('\n')
}

/** The lowest and highest score that a judge can give when the `judge` block of a scenario does not set a scale. */
export const DEFAULT_SCALE = [1, 5] as const

/**
 * Returns the default of the score at which a reply passes: three quarters of the way from the lowest to the highest score, such as 4 on a scale
 * from 1 to 5.
 */
export function usualPass(min: number, max: number): number {
  return min + 0.75 * (max - min)
}
