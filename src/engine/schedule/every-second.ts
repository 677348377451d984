/** Whole seconds since a run began, so that rows of different runs and shards line up. */
import { after, now } from '../../clock.ts'

const SECOND = 1000

/** Calls back after each whole second since `startedAt`, once for all that were missed; the returned function ends it. */
export function everySecond(startedAt: number, onSecond: () => void): () => void {
  const second = () => Math.floor((now() - startedAt) / SECOND)
  let seen = 0
  const tick = () => {
    // A timer may fire a fraction of a millisecond early: that second is not over yet.
    if (second() > seen) {
      seen = second()
      onSecond()
    }
    // Node warns on stderr of a negative wait.
    stop = after(Math.max(0, startedAt + (seen + 1) * SECOND - now()), tick)
  }
  let stop = after(SECOND, tick)
  return () => stop()
}
