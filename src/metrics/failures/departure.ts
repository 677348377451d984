import type { Exchange } from '../../exchange.ts'

/** Detects a target that went away during the run: after its last good reply, every connection was refused. */
export class Departure {
  /** When the last good reply ended; NaN before there is one. */
  lastOkAt = Number.NaN
  /** Refused connections since then. */
  refused = 0

  see(exchange: Exchange): void {
    if (exchange.outcome === 'ok') {
      this.lastOkAt = exchange.endedAt
      this.refused = 0
    } else if (exchange.hasFailedBy('refused')) this.refused += 1
  }

  /** Whether it was up and is gone. */
  get isGone(): boolean {
    return this.refused > 0 && !Number.isNaN(this.lastOkAt)
  }
}
