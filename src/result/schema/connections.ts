/** Parts of a result about connections, and about the load generator itself. */
import * as z from 'zod'
import { distributionSchema } from './distribution.ts'
import { number, numberOrNull } from './fields.ts'

/** The schema of the field `connectionMetrics` of a result: numbers of connections, how long connecting took, and the bytes sent and received. */
export const connectionMetricsSchema = z.object({
  totalConnections: number('Connections that were tried'),
  successfulConnections: number('Connections that were made'),
  failedConnections: number('Connections that could not be made'),
  reconnectionCount: number('Lost connections that were made again'),
  openConnections: number('Connections that are open at this moment'),
  maxOpenConnections: number('Largest number of connections that were open at once'),
  averageConnectionTime: numberOrNull('Mean of connectTime, in ms; null without a connection'),
  connectTime: distributionSchema
    .exactOptional()
    .describe('From the look-up of the name to a usable connection; left out without a connection'),
  tlsTime: distributionSchema.exactOptional().describe('The TLS handshake; left out when no connection has one'),
  handshakeTime: distributionSchema
    .exactOptional()
    .describe("The protocol's own handshake (WebSocket upgrade, MQTT CONNACK); left out when no connection has one"),
  recoveryTime: distributionSchema
    .exactOptional()
    .describe('From the loss of a connection until it was made again; left out when none was'),
  bytesSent: number('Bytes of all requests'),
  bytesReceived: number('Bytes of all replies'),
  lostConnections: number('Connections that the peer or the network ended, idle ones included'),
  lostInFlight: number('Attempts that were in flight on a connection when it was lost'),
  goaways: number(
    'HTTP/2 connections on which the server said that it takes no more requests; left out when there are none',
  ).exactOptional(),
})

/** The schema of the field `generatorHealth` of a result, about burn itself, the load generator: its lateness, event loop, CPU and memory. */
export const generatorHealthSchema = z.object({
  lag: distributionSchema.describe('How late the generator started what was due'),
  loopDelay: z
    .object({
      p50: number('Median'),
      p99: number('99th percentile'),
      max: number('Longest delay'),
    })
    .describe('Delay of the event loop, in ms'),
  loopUtilization: number('Share of the time in which the event loop was busy, 0 to 1'),
  stalledMs: number('Sum of the stretches in which the whole process stood still for more than 100 ms, in ms'),
  disturbedMs: number(
    'Sum of the stretches in which nothing of burn ran for more than 10 ms beyond its beat of 10 ms, in ms; what was under way then is counted as tainted',
  ),
  throttledMs: number(
    "How long a limit on CPU kept the processes of burn's control group from running, in ms; left out where the system does not count it",
  ).exactOptional(),
  cpuShare: number('CPU seconds per second of the run; above 1 with helper threads'),
  maxRssBytes: number('Largest memory of the process, in bytes'),
  gcPauseMs: number('Sum of the pauses for garbage collection, in ms'),
  plannedArrivals: number('Iterations that were due'),
  startedArrivals: number('Iterations that were started'),
})
