/** Milliseconds on the monotonic clock, with a fraction. The only source of durations. */
export function now(): number {
  return performance.now()
}

/** The wall-clock moment, in epoch milliseconds, at which the monotonic clock read zero. Read once per run. */
export function wallAnchor(): number {
  return Date.now() - performance.now()
}
