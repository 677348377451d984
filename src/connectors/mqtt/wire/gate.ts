/** Stands between the stream and the client library: only what follows the standard gets through. */
import type { Duplex, Writable } from 'node:stream'
import { Malformed } from './fields.ts'
import { PacketFramer } from './framer.ts'
import type { Version } from './names.ts'
import { type Received, readPacket } from './packet.ts'

/** Whom the gate asks and tells. */
interface GateEvents {
  /** Bytes have come, and are about to be read. */
  delivered(): void
  /** Judges a packet; true when the library shall have it. @throws Malformed */
  judge(packet: Received): boolean
  broken(problem: string): void
  isOver(): boolean
}

/**
 * Puts the gate in front of the library, which pipes the stream into its parser once and in no other way. `broken` is told of the first
 * packet that breaks the standard; nothing gets through after it, nor once `isOver`.
 */
export function gate(stream: Duplex, version: Version, { delivered, judge, broken, isOver }: GateEvents): void {
  const framer = new PacketFramer(version)
  let first = true
  const pump = (library: Writable) => (chunk: Buffer) => {
    if (isOver()) return
    delivered()
    try {
      if (first) checkProtocol(chunk)
      first = false
      framer.push(chunk, (packet, start) => {
        if (judge(readPacket(packet, start, version)) && !library.write(packet)) waitFor(library, stream)
        return !isOver()
      })
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      broken(error.message)
    }
  }
  // The return type of `pipe` is that of its argument.
  stream.pipe = <W extends NodeJS.WritableStream>(library: W): W => {
    stream.on('data', pump(library as unknown as Writable))
    return library
  }
}

function waitFor(library: Writable, stream: Duplex): void {
  if (stream.isPaused()) return
  stream.pause()
  library.once('drain', () => stream.resume())
}

/** What other servers say first. */
const STRANGERS: readonly (readonly [start: string, what: string])[] = [
  ['HTTP/', 'the port speaks HTTP, not MQTT: for MQTT over WebSocket use ws:// with protocol: mqtt'],
  ['\x15\x03', 'the port speaks TLS: use mqtts://'],
  ['SSH-', 'the port speaks SSH, not MQTT'],
]

function checkProtocol(chunk: Buffer): void {
  const start = chunk.toString('latin1', 0, 8)
  for (const [sign, what] of STRANGERS) if (start.startsWith(sign)) throw new Malformed(what)
}
