import { formatCount } from '../text/format.ts'

/**
 * Formats, for reports, a total and its parts without those that are zero, such as attempts by outcome: "20 planned = 17 ok + 3 failed". `best` is
 * the name of the part that means success, such as `ok`. When the total consists of that part alone, the text is "20 planned, all ok".
 */
export function sumText(planned: number, best: string, parts: readonly (readonly [count: number, word: string])[]): string {
  const some = parts.filter(([count]) => count > 0)
  const [only, ...others] = some
  if (only === undefined) return `${formatCount(planned)} planned`
  if (others.length === 0 && only[1] === best) return `${formatCount(planned)} planned, all ${best}`
  return `${formatCount(planned)} planned = ${some.map(([count, word]) => `${formatCount(count)} ${word}`).join(' + ')}`
}
