import { now } from '../../clock.ts'

/** The number of nanoseconds in a millisecond, for `process.hrtime`, which counts in ns. */
export const NS_PER_MS = 1e6

/**
 * Waits until the machine's monotonic clock, which is the same in all processes, shows `atNs` (in ns). Resolves with this moment on the clock of
 * this process (`now()`, in ms).
 */
export async function momentAt(atNs: bigint): Promise<number> {
  const at = now() + Number(atNs - process.hrtime.bigint()) / NS_PER_MS
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - now())))
  return at
}
