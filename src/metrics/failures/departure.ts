import type { Exchange } from '../../exchange.ts'

/** Detects that a target has shut down or crashed during a run, which shows when it refuses connections after it has replied to requests. */
export class Departure {
  /** When the target's last good reply ended; NaN before the first one. */
  lastOkAt = Number.NaN
  /** Number of connections that the target refused since its last good reply. */
  refused = 0

  see(exchange: Exchange): void {
    if (exchange.outcome === 'ok') {
      this.lastOkAt = exchange.endedAt
      this.refused = 0
    } else if (exchange.hasFailedBy('refused')) this.refused += 1
  }

  /** True when the target replied before and has since refused connections. */
  get isGone(): boolean {
    return this.refused > 0 && !Number.isNaN(this.lastOkAt)
  }
}
