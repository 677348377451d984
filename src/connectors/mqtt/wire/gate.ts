import type { Duplex, Writable } from 'node:stream'
import { Malformed } from './fields.ts'
import { PacketFramer } from './framer.ts'
import type { Version } from './names.ts'
import { type Received, readPacket } from './packet.ts'

/** The callbacks of the filter between the broker's bytes and the MQTT library. */
interface GateEvents {
  /** Called when bytes have come, before they are parsed. */
  delivered(): void
  /** Checks a packet; returns true when the MQTT library is to get it. @throws Malformed */
  check(packet: Received): boolean
  broken(problem: string): void
  isOver(): boolean
}

/**
 * Checks the packets that a broker sends over `stream`, and passes only those that follow the MQTT standard to the `mqtt` library. Calls `broken` for
 * the first packet that breaks the standard. After that, or once the callback `isOver` returns true, the library gets nothing more.
 */
export function gate(stream: Duplex, version: Version, { delivered, check, broken, isOver }: GateEvents): void {
  const framer = new PacketFramer(version)
  let first = true
  let reader: Writable
  const take = (packet: Buffer, start: number) => {
    if (check(readPacket(packet, start, version)) && !reader.write(packet)) waitFor(reader, stream)
    return !isOver()
  }
  const pump = (chunk: Buffer) => {
    if (isOver()) return
    delivered()
    try {
      if (first) checkProtocol(chunk)
      first = false
      framer.push(chunk, take)
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      broken(error.message)
    }
  }
  // `pipe` returns its argument.
  stream.pipe = <W extends NodeJS.WritableStream>(library: W): W => {
    reader = library as unknown as Writable
    stream.on('data', pump)
    return library
  }
}

/** Pauses reading from `stream` until `full`, a writable stream with a full buffer, can take more. */
export function waitFor(full: Writable, stream: Duplex): void {
  if (stream.isPaused()) return
  stream.pause()
  full.once('drain', () => stream.resume())
}

/** How the replies of other protocols begin, each with the advice for a user who has connected to the wrong port. */
const STRANGERS: readonly (readonly [start: string, what: string])[] = [
  ['HTTP/', 'the port speaks HTTP, not MQTT: for MQTT over WebSocket use ws:// with protocol: mqtt'],
  ['\x15\x03', 'the port speaks TLS: use mqtts://'],
  ['SSH-', 'the port speaks SSH, not MQTT'],
]

function checkProtocol(chunk: Buffer): void {
  const start = chunk.toString('latin1', 0, 8)
  for (const [sign, what] of STRANGERS) if (start.startsWith(sign)) throw new Malformed(what)
}
