/** Results that a test reads must hold together as `burn report` asks of it. */
import type { Result } from '../../src/result/schema.ts'
import { contradictionsOf } from '../../src/store/contradictions.ts'

/** Returns the result. @throws with all that contradicts itself in it */
export function whole(result: Result): Result {
  const found = [...contradictionsOf(result)]
  if (found.length > 0) throw new Error(`the result contradicts itself:\n  ${found.slice(0, 20).join('\n  ')}`)
  return result
}
