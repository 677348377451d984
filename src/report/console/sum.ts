import { formatCount } from '../text/format.ts'

/** A total with its non-zero parts: "20 planned = 17 ok + 3 failed"; "20 planned, all ok" when `best` is the only part. */
export function sumText(planned: number, best: string, parts: readonly (readonly [count: number, word: string])[]): string {
  const some = parts.filter(([count]) => count > 0)
  const [only, ...others] = some
  if (only === undefined) return `${formatCount(planned)} planned`
  if (others.length === 0 && only[1] === best) return `${formatCount(planned)} planned, all ${best}`
  return `${formatCount(planned)} planned = ${some.map(([count, word]) => `${formatCount(count)} ${word}`).join(' + ')}`
}
