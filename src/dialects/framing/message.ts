import type { Framer, FrameSink } from './frames.ts'
import { decodeWhole } from './utf8.ts'

/** Makes a framer for WebSocket, MQTT and gRPC, where each push is one whole message and so one event. */
export function messageFramer(sink: FrameSink): Framer {
  return {
    push(bytes) {
      sink.frame('', decodeWhole(bytes, sink), true)
    },
    end() {},
  }
}
