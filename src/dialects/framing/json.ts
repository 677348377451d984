import type { Framer, FrameSink } from './frames.ts'
import { decodeWhole } from './utf8.ts'

/** Returns a reader for a reply that is one JSON document: the whole reply is one event, even when it is empty. There is no limit on its size. */
export function jsonFramer(sink: FrameSink): Framer {
  const pieces: Uint8Array[] = []
  return {
    push(bytes) {
      pieces.push(Buffer.from(bytes))
    },
    end() {
      sink.frame('', decodeWhole(pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces), sink), true)
    },
  }
}
