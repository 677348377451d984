/** Time: this file is the only place that reads a clock or sets a timer for a run. A test may replace the clock. */

/** A source of time and timers: the machine's own, or a virtual one in tests. Times and durations are in ms, with a fraction. */
export interface Clock {
  /** Returns the time on a clock that never goes back, in ms. All durations are computed from it. */
  now(): number
  /** Returns the wall-clock time, in ms since 1970, at which `now` was zero. */
  wallAnchor(): number
  /** Calls `callback` once after `ms`; the returned function cancels the call. */
  after(ms: number, callback: () => void): () => void
  /** Calls `callback` every `ms` until the returned function is called; does not keep the process alive. */
  every(ms: number, callback: () => void): () => void
  /** Calls `callback` when the event loop has next read the sockets; data that arrives while it is reading may be read only after that. */
  nextTurn(callback: () => void): void
  /** True for the machine's own clock, on which late timers show a busy machine; false for a test's clock. */
  readonly isReal: boolean
}

const systemClock: Clock = {
  now: () => performance.now(),
  wallAnchor: () => Date.now() - performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
  every(ms, callback) {
    const timer = setInterval(callback, ms).unref()
    return () => clearInterval(timer)
  },
  nextTurn: (callback) => void setImmediate(callback),
  isReal: true,
}

/** The longest delay of a Node timer in ms, about 24 days. A timer with a longer delay would fire at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1

let clock = systemClock

/**
 * Makes the whole process use the clock `other`, such as a virtual one in tests. Returns a function that restores the previous clock. It throws an
 * Error while a clock that was set later is still in use, because clocks are restored in reverse order.
 */
export function goBy(other: Clock): () => void {
  const before = clock
  clock = other
  let isBack = false
  return () => {
    if (isBack) return
    if (clock !== other) throw new Error('another clock has been set since: restore that one first')
    clock = before
    isBack = true
  }
}

/** Returns the time of the monotonic clock in ms. It never goes back; differences of it are durations. */
export const now = (): number => clock.now()
/** Returns the wall-clock time, in ms since 1970, at which the monotonic clock (`now()`) was zero. */
export const wallAnchor = (): number => clock.wallAnchor()
/** Returns the wall-clock time in ms since 1970. */
export const wallNow = (): number => clock.wallAnchor() + clock.now()
/** Calls `callback` once after `ms` milliseconds; the returned function cancels the call. */
export const after: Clock['after'] = (ms, callback) => clock.after(ms, callback)
/** Calls `callback` every `ms` milliseconds until the returned function is called. The timer does not keep the process alive. */
export const every: Clock['every'] = (ms, callback) => clock.every(ms, callback)
/** Calls `callback` when the event loop has next read the sockets. Data that arrives while it is reading may be read only after the call. */
export const nextTurn: Clock['nextTurn'] = (callback) => clock.nextTurn(callback)
/** Returns true when the machine's own clock is in use, false when a test has set another. */
export const isRealTime = (): boolean => clock.isReal

/** Returns a promise that resolves after `ms` milliseconds or, if that is sooner, when `signal` is aborted. */
export function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      stop()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const stop = after(ms, end)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
}
