import { afterPoll } from '../wire/after-poll.ts'

/** How long burn waits for the pong to a WebSocket ping, in ms, when `ping.timeout` is not set. */
export const DEFAULT_PONG_MS = 10_000

interface Rhythm {
  readonly everyMs: number
  readonly timeoutMs: number
}

/**
 * Sends a WebSocket ping when a fixed time has passed since the connection was opened or the last pong came. Calls `silent` when the pong to a ping
 * does not come in time.
 */
export class Heartbeat {
  private readonly rhythm: Rhythm
  private readonly ping: () => void
  private readonly silent: () => void
  private timer: NodeJS.Timeout | undefined
  private stopped = false

  constructor(rhythm: Rhythm, ping: () => void, silent: () => void) {
    this.rhythm = rhythm
    this.ping = ping
    this.silent = silent
    this.rest()
  }

  /** To be called for each pong, also one that no ping asked for: starts the interval until the next ping again. */
  pong(): void {
    if (this.stopped) return
    clearTimeout(this.timer)
    this.rest()
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
  }

  private rest(): void {
    this.timer = setTimeout(() => {
      this.ping()
      this.timer = setTimeout(() => this.judge(), this.rhythm.timeoutMs)
    }, this.rhythm.everyMs)
  }

  /** Calls `silent` unless the pong has arrived. When burn stood still meanwhile, the pong may be in the socket and not yet read. */
  private judge(): void {
    const waited = this.timer
    afterPoll(() => {
      if (this.timer === waited && !this.stopped) this.silent()
    })
  }
}
