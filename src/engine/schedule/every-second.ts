/** Calls a function once per second of a run, at whole seconds since its start, so that timeline rows of different runs and shards line up. */
import { after, now } from '../../clock.ts'

const SECOND = 1000

/**
 * Calls `onSecond` after each whole second of a run, which began at `startedAt` (monotonic ms). After a delay of several seconds, it makes one call
 * for all of them. Returns a function that stops the calls.
 */
export function everySecond(startedAt: number, onSecond: () => void): () => void {
  const second = () => Math.floor((now() - startedAt) / SECOND)
  let seen = 0
  const tick = () => {
    // A timer may fire a fraction of a millisecond early: that second is not over yet.
    if (second() > seen) {
      seen = second()
      onSecond()
    }
    // Node prints a warning for a negative wait.
    stop = after(Math.max(0, startedAt + (seen + 1) * SECOND - now()), tick)
  }
  let stop = after(SECOND, tick)
  return () => stop()
}
