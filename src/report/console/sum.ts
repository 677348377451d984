import { formatCount } from '../text/format.ts'

/**
 * Formats, for reports, a total and its parts, such as a number of attempts by outcome, without parts that are zero: "20 planned = 17 ok + 3
 * failed". If all of the total is the part called `best`: "20 planned, all ok".
 */
export function sumText(planned: number, best: string, parts: readonly (readonly [count: number, word: string])[]): string {
  const some = parts.filter(([count]) => count > 0)
  const [only, ...others] = some
  if (only === undefined) return `${formatCount(planned)} planned`
  if (others.length === 0 && only[1] === best) return `${formatCount(planned)} planned, all ${best}`
  return `${formatCount(planned)} planned = ${some.map(([count, word]) => `${formatCount(count)} ${word}`).join(' + ')}`
}
