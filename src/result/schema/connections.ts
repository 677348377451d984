/** What a result says of the connections, and of the generator itself. */
import * as z from 'zod'
import { distributionSchema } from './distribution.ts'

export const connectionMetricsSchema = z.object({
  totalConnections: z.number().describe('Connections that were tried'),
  successfulConnections: z.number().describe('Connections that were made'),
  failedConnections: z.number().describe('Connections that could not be made'),
  reconnectionCount: z.number().describe('Lost connections that were made again'),
  openConnections: z.number().describe('Connections that are open at this moment'),
  maxOpenConnections: z.number().describe('Largest number of connections that were open at once'),
  averageConnectionTime: z.number().nullable().describe('Mean of connectTime, in ms; null without a connection'),
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
  bytesSent: z.number().describe('Bytes of all requests'),
  bytesReceived: z.number().describe('Bytes of all replies'),
  lostConnections: z.number().describe('Connections that the peer or the network ended, idle ones included'),
  lostInFlight: z.number().describe('Attempts that were in flight on a connection when it was lost'),
  goaways: z
    .number()
    .exactOptional()
    .describe('HTTP/2 connections on which the server said that it takes no more requests; left out when there are none'),
})

export const generatorHealthSchema = z.object({
  lag: distributionSchema.describe('How late the generator started what was due'),
  loopDelay: z
    .object({
      p50: z.number().describe('Median'),
      p99: z.number().describe('99th percentile'),
      max: z.number().describe('Longest delay'),
    })
    .describe('Delay of the event loop, in ms'),
  loopUtilization: z.number().describe('Share of the time in which the event loop was busy, 0 to 1'),
  stalledMs: z.number().describe('Sum of the stretches in which the whole process stood still for more than 100 ms, in ms'),
  cpuShare: z.number().describe('CPU seconds per second of the run; above 1 with helper threads'),
  maxRssBytes: z.number().describe('Largest memory of the process, in bytes'),
  gcPauseMs: z.number().describe('Sum of the pauses for garbage collection, in ms'),
  plannedArrivals: z.number().describe('Iterations that were due'),
  startedArrivals: z.number().describe('Iterations that were started'),
})
