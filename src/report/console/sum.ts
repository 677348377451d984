import { formatCount } from '../text/format.ts'

/** Formats a total and its parts, zeros left out: "20 planned = 17 ok + 3 failed", or "20 planned, all ok" (`best` is "ok"). */
export function sumText(planned: number, best: string, parts: readonly (readonly [count: number, word: string])[]): string {
  const some = parts.filter(([count]) => count > 0)
  const [only, ...others] = some
  if (only === undefined) return `${formatCount(planned)} planned`
  if (others.length === 0 && only[1] === best) return `${formatCount(planned)} planned, all ${best}`
  return `${formatCount(planned)} planned = ${some.map(([count, word]) => `${formatCount(count)} ${word}`).join(' + ')}`
}
