import type { Framer, FrameSink } from './frames.ts'
import { decodeWhole } from './utf8.ts'

/** Makes a framer for protocols that send messages, such as WebSocket, MQTT and gRPC: each message that is pushed is one event. */
export function messageFramer(sink: FrameSink): Framer {
  return {
    push(bytes) {
      sink.frame('', decodeWhole(bytes, sink), true)
    },
    end() {},
  }
}
