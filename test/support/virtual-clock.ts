/** A virtual clock: time advances when nothing more can happen at the current moment, so hours pass in ms, equally on every machine. */
import type { Clock } from '../../src/clock.ts'

interface Due {
  readonly at: number
  /** Order in which timers due at the same moment fire: that in which they were set. */
  readonly order: number
  readonly callback: () => void
}

/** Most turns of the real event loop to wait while no timer is due, such as while a file is read. */
const PATIENCE_TURNS = 10_000
/** Most turns of the event loop, and most timers, at one moment of virtual time. */
const MAX_TURNS = 10_000

/** A clock whose time advances by `drive` only, from one timer to the next. */
export class VirtualClock implements Clock {
  readonly isReal = false
  private at = 0
  private set = 0
  private due: Due[] = []
  private turns: (() => void)[] = []

  now(): number {
    return this.at
  }

  /** The wall-clock time at 0 ms: 1 January 2026. */
  wallAnchor(): number {
    return Date.UTC(2026, 0, 1)
  }

  after(ms: number, callback: () => void): () => void {
    if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`a timer of ${ms} ms`)
    const timer = { at: this.at + ms, order: this.set++, callback }
    this.insert(timer)
    return () => {
      this.due = this.due.filter((one) => one !== timer)
    }
  }

  /** Does nothing: intervals of the real clock do not keep the process alive, so no run may depend on them. */
  every(): () => void {
    return () => {}
  }

  nextTurn(callback: () => void): void {
    this.turns.push(callback)
  }

  /** Lets `ms` pass in which nothing runs, as when the process stands still: timers due by then fire late. */
  stall(ms: number): void {
    this.at += ms
  }

  /** Number of timers that have not fired. */
  get pending(): number {
    return this.due.length
  }

  /** Advances time until `work` settles, and returns its value. @throws Error when it waits for something that no timer brings */
  async drive<T>(work: Promise<T>): Promise<T> {
    let over = false
    const note = () => {
      over = true
    }
    work.then(note, note)
    for (let idle = 0, atOnce = 0; ; ) {
      await this.quiet()
      if (over) return work
      const next = this.due.shift()
      idle = next ? 0 : idle + 1
      if (idle > PATIENCE_TURNS) throw new Error(`at ${this.at} ms nothing is left that could happen, and the run is not over`)
      if (!next) continue
      atOnce = next.at <= this.at ? atOnce + 1 : 0
      if (atOnce > MAX_TURNS) throw this.standstill()
      this.at = Math.max(this.at, next.at)
      next.callback()
    }
  }

  /** Resolves when neither promises nor the event loop have anything left to do at this moment. */
  private async quiet(): Promise<void> {
    let turnsLeft = MAX_TURNS
    do {
      turnsLeft -= 1
      if (turnsLeft === 0) throw this.standstill()
      const turns = this.turns
      this.turns = []
      for (const turn of turns) turn()
      await new Promise<void>((resolve) => setImmediate(resolve))
    } while (this.turns.length > 0)
  }

  private standstill(): Error {
    return new Error(`time stands still at ${this.at} ms: something goes on without ever waiting`)
  }

  private insert(timer: Due): void {
    let low = 0
    for (let high = this.due.length; low < high; ) {
      const middle = (low + high) >>> 1
      if ((this.due[middle]?.at ?? 0) <= timer.at) low = middle + 1
      else high = middle
    }
    this.due.splice(low, 0, timer)
  }
}
