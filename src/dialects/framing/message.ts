import type { Framer, FrameSink } from './frames.ts'
import { decodeWhole } from './utf8.ts'

/** Each push is one whole message of a socket, a topic or a call. */
export function messageFramer(sink: FrameSink): Framer {
  return {
    push(bytes) {
      sink.frame('', decodeWhole(bytes, sink), true)
    },
    end() {},
  }
}
