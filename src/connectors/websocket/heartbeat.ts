/** Pings in a fixed rhythm, with a deadline for each pong: a peer that is gone without a word is found out. */

/** How long to wait for a pong unless `ping.timeout` says otherwise, in ms. */
export const DEFAULT_PONG_MS = 10_000

interface Rhythm {
  readonly everyMs: number
  readonly timeoutMs: number
}

/** One connection's pings; one timer at a time. */
export class Heartbeat {
  private readonly rhythm: Rhythm
  private readonly ping: () => void
  private readonly silent: () => void
  private timer: NodeJS.Timeout | undefined

  constructor(rhythm: Rhythm, ping: () => void, silent: () => void) {
    this.rhythm = rhythm
    this.ping = ping
    this.silent = silent
    this.rest()
  }

  /** A pong has come. One that nobody asked for changes nothing that matters: the next ping is a full rest away. */
  pong(): void {
    clearTimeout(this.timer)
    this.rest()
  }

  stop(): void {
    clearTimeout(this.timer)
  }

  private rest(): void {
    this.timer = setTimeout(() => {
      this.ping()
      this.timer = setTimeout(this.silent, this.rhythm.timeoutMs)
    }, this.rhythm.everyMs)
  }
}
