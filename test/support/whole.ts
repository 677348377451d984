/** Results that a test reads must hold together as `burn report` asks of it. */
import type { Result } from '../../src/result/schema.ts'
import { contradictionsOf } from '../../src/store/contradictions.ts'
import { ALL_CASES } from './share.ts'

/** Of so many results one is looked at in `npm test`: all histograms are unpacked, which takes longer than a short run. */
const EVERY = 5
let results = 0

/** Returns the result. @throws with all that contradicts itself in it */
export function whole(result: Result): Result {
  results += 1
  if (!ALL_CASES && results % EVERY !== 1) return result
  const found = [...contradictionsOf(result)]
  if (found.length > 0) throw new Error(`the result contradicts itself:\n  ${found.slice(0, 20).join('\n  ')}`)
  return result
}
