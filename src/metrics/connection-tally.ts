/** Counts and times of connections. */
import type { ConnectTimes } from '../exchange.ts'
import { Histogram } from './histogram.ts'

/** Connection counts over all users. */
export class ConnectionTally {
  total = 0
  succeeded = 0
  failed = 0
  reconnects = 0
  open = 0
  maxOpen = 0
  lost = 0
  lostInFlight = 0
  goaways = 0
  /** From the look-up of the name to a usable connection. */
  readonly connectTime = new Histogram('ms')
  /** The TLS handshake, of connections that have one. */
  readonly tlsTime = new Histogram('ms')
  /** The protocol's own handshake, where it has one. */
  readonly handshakeTime = new Histogram('ms')
  readonly recoveryTime = new Histogram('ms')

  opened(times: ConnectTimes): void {
    this.total += 1
    this.succeeded += 1
    this.open += 1
    this.maxOpen = Math.max(this.maxOpen, this.open)
    const { dnsMs, connectMs, tlsMs, handshakeMs = null } = times
    this.connectTime.record((dnsMs ?? 0) + (connectMs ?? 0) + (tlsMs ?? 0) + (handshakeMs ?? 0))
    if (tlsMs !== null) this.tlsTime.record(tlsMs)
    if (handshakeMs !== null) this.handshakeTime.record(handshakeMs)
  }

  openFailed(): void {
    this.total += 1
    this.failed += 1
  }

  closed(): void {
    this.open -= 1
  }

  /** Not by our own doing; `inFlight` exchanges went with it. */
  wasLost(inFlight: number): void {
    this.lost += 1
    this.lostInFlight += inFlight
    this.closed()
  }

  reconnected(downMs: number): void {
    this.reconnects += 1
    this.recoveryTime.record(downMs)
  }
}
