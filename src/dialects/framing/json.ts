import type { Framer, FrameSink } from './frames.ts'
import { decodeWhole } from './utf8.ts'

/** A reply that is one document: delivered whole when it ends, even if it is empty. The exchange bounds its size. */
export function jsonFramer(sink: FrameSink): Framer {
  const pieces: Uint8Array[] = []
  return {
    push(bytes) {
      pieces.push(bytes)
    },
    end() {
      sink.frame('', decodeWhole(pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces), sink), true)
    },
  }
}
