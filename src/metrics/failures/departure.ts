import type { Exchange } from '../../exchange.ts'

/** Detects a target that was up and went away: after its last good reply, every connection was refused. */
export class Departure {
  /** When the last good reply ended; NaN before there is one. */
  lastOkAt = Number.NaN
  /** Refused connections since then. */
  refused = 0

  see({ outcome, failure, endedAt }: Exchange): void {
    if (outcome === 'ok') {
      this.lastOkAt = endedAt
      this.refused = 0
    } else if (/^refused\b/.test(failure?.class.startsWith('grpc_') ? failure.message : (failure?.class ?? ''))) this.refused += 1
  }

  /** Whether it was up and is gone. */
  get isGone(): boolean {
    return this.refused > 0 && !Number.isNaN(this.lastOkAt)
  }
}
