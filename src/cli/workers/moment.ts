import { now } from '../../clock.ts'

/** The number of nanoseconds in a millisecond, for `process.hrtime`, which counts in ns. */
export const NS_PER_MS = 1e6

/**
 * Waits until the moment `atNs` on the monotonic clock of the machine (in ns, the same in all processes). Resolves with this moment in ms on the
 * clock of this process (`now()`).
 */
export async function momentAt(atNs: bigint): Promise<number> {
  const at = now() + Number(atNs - process.hrtime.bigint()) / NS_PER_MS
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - now())))
  return at
}
