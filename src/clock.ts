/** Time: the only place that reads a clock or sets a timer for a run. A test may give it a clock of its own. */

/** A source of time and timers. All durations and times are in milliseconds, with a fraction. */
export interface Clock {
  /** The moment on a clock that never goes back; the only source of durations. */
  now(): number
  /** The wall-clock moment, in epoch ms, at which `now` read zero. */
  wallAnchor(): number
  /** Calls back once after `ms`; the returned function takes that back. */
  after(ms: number, callback: () => void): () => void
  /** Calls back every `ms`, and keeps no process alive; the returned function ends it. */
  every(ms: number, callback: () => void): () => void
  /** Calls back when what the sockets have delivered by now was read. */
  nextTurn(callback: () => void): void
  /** Whether it is the machine's own: how late timers are then says how busy the machine is. */
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

let clock = systemClock

/** Makes the whole process, with all runs in it, use another clock until the returned function is called. */
export function goBy(other: Clock): () => void {
  const before = clock
  clock = other
  return () => {
    clock = before
  }
}

/** Returns the time on the run's clock, in ms; it never goes back. */
export const now = (): number => clock.now()
/** Returns the wall-clock time, in epoch ms, at which `now` was zero. */
export const wallAnchor = (): number => clock.wallAnchor()
/** Returns the wall-clock time in epoch ms. */
export const wallNow = (): number => clock.wallAnchor() + clock.now()
/** Calls `callback` once after `ms`; the returned function cancels that. */
export const after: Clock['after'] = (ms, callback) => clock.after(ms, callback)
/** Calls `callback` every `ms` until the returned function is called; does not keep the process alive. */
export const every: Clock['every'] = (ms, callback) => clock.every(ms, callback)
/** Calls `callback` after the data that has arrived at sockets by now was read. */
export const nextTurn: Clock['nextTurn'] = (callback) => clock.nextTurn(callback)
/** Whether the machine's own clock is in use; false for a test's. */
export const isRealTime = (): boolean => clock.isReal
