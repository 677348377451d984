import type { ConnectTimes } from '../../exchange.ts'
import { Histogram } from '../histogram/histogram.ts'

/** The counters about connections at the start of a run: how many were opened, failed, were lost and were opened again, all 0. */
export const NO_CONNECTIONS = {
  connectionsOpened: 0,
  connectionsFailed: 0,
  connectionsLost: 0,
  /** Number of attempts that used a connection when it was lost. */
  lostInFlight: 0,
  reconnects: 0,
}

/** One connection event: the times of a connection's set-up, or how long (ms) it was down before it was made again. */
interface ConnectionSample {
  readonly times?: ConnectTimes
  readonly downMs?: number
}

/**
 * A metric about connections, such as the time to open one. Whenever a connection is opened, the function `of` computes the metric from the times of
 * the opening or, after a loss, from how long the connection was down. Null or undefined when it has no value, such as a TLS time without TLS.
 */
export interface ConnectionMetric {
  readonly name: string
  readonly of: (sample: ConnectionSample) => number | null | undefined
}

/** Counts the connections of a run, and records how long opening them took. */
export class ConnectionRecorder {
  readonly counters = { ...NO_CONNECTIONS }
  /** Number of connections that are open now; `maxOpen` is the largest number that were open at once. */
  open = 0
  maxOpen = 0
  /** Number of HTTP/2 connections on which the server announced (with GOAWAY) that it takes no more requests. */
  goaways = 0
  /** The histograms of connection metrics, in ms, by name of the metric. */
  readonly histograms: ReadonlyMap<string, Histogram>
  private readonly metrics: readonly ConnectionMetric[]

  constructor(metrics: readonly ConnectionMetric[]) {
    this.metrics = metrics
    this.histograms = new Map(metrics.map(({ name }) => [name, new Histogram('ms')]))
  }

  opened(times: ConnectTimes): void {
    this.counters.connectionsOpened += 1
    this.open += 1
    this.maxOpen = Math.max(this.maxOpen, this.open)
    this.record({ times })
  }

  openFailed(): void {
    this.counters.connectionsFailed += 1
  }

  closed(): void {
    this.open -= 1
  }

  /** Counts a connection that the target or the network ended while `inFlight` attempts used it. */
  wasLost(inFlight: number): void {
    this.counters.connectionsLost += 1
    this.counters.lostInFlight += inFlight
    this.closed()
  }

  reconnected(downMs: number): void {
    this.counters.reconnects += 1
    this.record({ downMs })
  }

  private record(sample: ConnectionSample): void {
    for (const { name, of } of this.metrics) {
      const value = of(sample)
      if (typeof value === 'number') this.histograms.get(name)?.record(value)
    }
  }
}
