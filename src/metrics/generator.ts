/** What the generator saw of itself and of its connections, as it stands in the result. */
import type { Distribution } from './distribution.ts'

/** What the generator saw of itself. */
export interface GeneratorHealth {
  readonly lag: Distribution
  /** Delay of the event loop, ms. */
  readonly loopDelay: { readonly p50: number; readonly p99: number; readonly max: number }
  /** 0 to 1: busy share of the event loop. */
  readonly loopUtilization: number
  /** Sum of stretches in which the whole process stood still for more than 100 ms. */
  readonly stalledMs: number
  /** CPU seconds ÷ wall seconds; above 1 with helper threads. */
  readonly cpuShare: number
  readonly maxRssBytes: number
  readonly gcPauseMs: number
  readonly plannedArrivals: number
  readonly startedArrivals: number
}

export interface ConnectionMetrics {
  readonly totalConnections: number
  readonly successfulConnections: number
  readonly failedConnections: number
  readonly reconnectionCount: number
  readonly openConnections: number
  readonly maxOpenConnections: number
  /** Mean, ms; null without a connection. */
  readonly averageConnectionTime: number | null
  /** From the look-up of the name to a usable connection. */
  readonly connectTime?: Distribution
  readonly tlsTime?: Distribution
  /** The protocol's own handshake: WebSocket upgrade, MQTT CONNACK. */
  readonly handshakeTime?: Distribution
  readonly recoveryTime?: Distribution
  readonly bytesSent: number
  readonly bytesReceived: number
  /** Connections that the peer or the network ended, idle ones included. */
  readonly lostConnections: number
  /** Attempts that were in flight on a connection when it was lost. */
  readonly lostInFlight: number
  /** HTTP/2 connections on which the server said that it takes no more requests; left out when there were none. */
  readonly goaways?: number
}
