import { now } from '../../clock.ts'

/** Nanoseconds, in which the clock of the machine counts, in a millisecond. */
export const NS_PER_MS = 1e6

/** Resolves at a moment on the monotonic clock of the machine, with the same moment on the clock of this process, in ms. */
export async function momentAt(atNs: bigint): Promise<number> {
  const at = now() + Number(atNs - process.hrtime.bigint()) / NS_PER_MS
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - now())))
  return at
}
