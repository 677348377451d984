import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import * as z from 'zod'
import { nextTurn } from '../../clock.ts'
import { inTurns } from '../../pieces.ts'
import { formOf, type Output, type PlannedOutput } from '../send/output.ts'
import { note, packetsOf, type SentSeries, type StatsdForm, type StatsdLine, statsdLines } from '../text/statsd.ts'

/** The largest UDP packet in bytes: what fits into one Ethernet frame, with room for headers. */
const MAX_PACKET_BYTES = 1432
const USUAL_PORT = 8125

const ADDRESS = /^(?:\[(?<v6>[\da-f:.]+)\]|(?<host>[^\s/:[\]]+))(?::(?<port>\d{1,5}))?$/i

/** Splits a text HOST:PORT; undefined for any other text. */
function addressOf(text: string): { readonly host: string; readonly port: number } | undefined {
  const { v6, host = v6, port = String(USUAL_PORT) } = ADDRESS.exec(text)?.groups ?? {}
  return host === undefined || Number(port) < 1 || Number(port) > 65_535 ? undefined : { host, port: Number(port) }
}

const address = () =>
  z
    .string()
    .max(300)
    .refine((text) => addressOf(text) !== undefined, 'expected HOST:PORT, such as 127.0.0.1:8125')
    .describe('Address of the receiver, HOST:PORT; the usual port is 8125')

/** The export format `statsd`: sends metrics as StatsD over UDP. */
export const statsd = formOf({
  key: 'statsd',
  describe: 'StatsD over UDP; scenario, step and outcome are part of the names: burn.attempts.chat.open.ok',
  fields: () => ({ statsd: address() }),
  plan: (entry) => planOf(entry.statsd, 'statsd'),
})

/** The export format `datadog`: sends metrics as StatsD over UDP, with the tags and distributions of Datadog's agent. */
export const datadog = formOf({
  key: 'datadog',
  describe: "StatsD over UDP in the form of Datadog's agent, with tags and distributions",
  fields: () => ({ datadog: address() }),
  plan: (entry) => planOf(entry.datadog, 'datadog'),
})

function planOf(where: string, form: StatsdForm): PlannedOutput {
  return { to: where, secrets: [], open: async () => open(where, form) }
}

function open(where: string, form: StatsdForm): Output {
  const { host, port } = addressOf(where) ?? { host: where, port: USUAL_PORT }
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  const sent: SentSeries = new Map()
  let failed: Error | undefined
  // The system reports some time after a packet that no receiver listens.
  socket.on('error', (error) => {
    failed = error
  })
  socket.unref()
  let isConnected = false
  return {
    async send(snapshot, signal) {
      const unknown = isConnected ? undefined : await connect(socket, host, port)
      // The host name may be resolvable when the next snapshot is sent.
      if (unknown) return { error: unknown.message }
      isConnected = true
      const { made: lines } = await inTurns(statsdLines(snapshot, form, sent))
      const {
        made: { packets, tooLong },
      } = await inTurns(packetsOf(lines, MAX_PACKET_BYTES))
      // Recorded as sent, because these lines would be too long next time as well.
      for (const line of tooLong) note(sent, line)
      failed = undefined
      for (const packet of packets) {
        const error = await sendOne(socket, packet, signal, () => failed)
        if (error) return { error: error.message, ...rejectedOf(tooLong) }
        // Only packets that were sent are recorded: the server would count them twice if they were sent again.
        for (const line of packet) note(sent, line)
      }
      return { error: null, ...rejectedOf(tooLong) }
    },
    close: () => socket.close(),
  }
}

/** Looks up the host and connects the socket; returns an error when that fails, else undefined. */
function connect(socket: Socket, host: string, port: number): Promise<Error | undefined> {
  return new Promise((resolve) => {
    // Node hands the callback an error when the name is unknown, which its types leave out.
    const done = (error?: Error) => {
      socket.off('error', done)
      resolve(error)
    }
    socket.once('error', done)
    socket.connect(port, host, done)
  })
}

const rejectedOf = ({ length }: readonly StatsdLine[]) => (length > 0 ? { rejected: length } : {})

/**
 * Sends one packet; returns an error when it was not accepted. If no receiver listens on this machine, that is known one turn of the event loop
 * later.
 */
async function sendOne(socket: Socket, lines: readonly StatsdLine[], signal: AbortSignal, failed: () => Error | undefined) {
  if (signal.aborted) return new Error('given up: there was no time left')
  const packet = Buffer.from(lines.map(({ text }) => text).join('\n'))
  const error = await new Promise<Error | null>((resolve) => send(socket, packet, resolve))
  if (error === null) await new Promise<void>(nextTurn)
  return error ?? failed()
}

/** Sends a packet over a socket. `done` also gets the error that Node throws for a socket that is not connected. */
function send(socket: Socket, packet: Buffer, done: (error: Error | null) => void): void {
  try {
    socket.send(packet, done)
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)))
  }
}
