import type { Framing } from '../parts/dialect.ts'
import { eventStreamFramer } from './event-stream.ts'
import type { Framer, FrameSink } from './frames.ts'
import { jsonFramer } from './json.ts'
import { jsonArrayFramer } from './json-array.ts'
import { messageFramer } from './message.ts'
import { ndjsonFramer } from './ndjson.ts'
import { sseFramer } from './sse.ts'

/** For each way to split a reply into events, such as `sse` or `ndjson`: the function that returns a `Framer`, which splits one reply. */
export const framers: Readonly<Record<Framing, (sink: FrameSink) => Framer>> = {
  sse: sseFramer,
  ndjson: ndjsonFramer,
  json: jsonFramer,
  'json-array': jsonArrayFramer,
  'event-stream': eventStreamFramer,
  message: messageFramer,
}
