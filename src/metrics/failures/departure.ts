import type { Exchange } from '../../exchange.ts'

/** Detects that a target has gone away during a run: it replied to requests before, and now refuses connections. */
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

  /** Whether connections were refused since the target's last good reply; false when it never gave one. */
  get isGone(): boolean {
    return this.refused > 0 && !Number.isNaN(this.lastOkAt)
  }
}
