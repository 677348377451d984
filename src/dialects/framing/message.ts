import type { Framer, FrameSink } from './frames.ts'
import { decodeWhole } from './utf8.ts'

/** The framing for sockets, topics and calls, where each push is one whole message. */
export function messageFramer(sink: FrameSink): Framer {
  return {
    push(bytes) {
      sink.frame('', decodeWhole(bytes, sink), true)
    },
    end() {},
  }
}
