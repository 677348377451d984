import type { Framer, FrameSink } from './frames.ts'
import { decodeWhole } from './utf8.ts'

/** Returns a reader for replies over protocols that send messages, such as WebSocket, MQTT and gRPC: each received message is one event. */
export function messageFramer(sink: FrameSink): Framer {
  return {
    push(bytes) {
      sink.frame('', decodeWhole(bytes, sink), true)
    },
    end() {},
  }
}
