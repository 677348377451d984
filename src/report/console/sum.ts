/** Counts that add up, in words. */
import { formatCount } from '../text/format.ts'

/** A sum whose parts are told as far as there are any; "1,200 planned, all ok" when there is but one. */
export function sumText(planned: number, best: string, parts: readonly (readonly [count: number, word: string])[]): string {
  const some = parts.filter(([count]) => count > 0)
  const [only, ...others] = some
  if (only === undefined) return `${formatCount(planned)} planned`
  if (others.length === 0 && only[1] === best) return `${formatCount(planned)} planned, all ${best}`
  return `${formatCount(planned)} planned = ${some.map(([count, word]) => `${formatCount(count)} ${word}`).join(' + ')}`
}
