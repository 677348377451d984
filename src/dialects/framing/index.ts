import type { Framing } from '../parts/dialect.ts'
import { eventStreamFramer } from './event-stream.ts'
import type { Framer, FrameSink } from './frames.ts'
import { jsonFramer } from './json.ts'
import { jsonArrayFramer } from './json-array.ts'
import { messageFramer } from './message.ts'
import { ndjsonFramer } from './ndjson.ts'
import { sseFramer } from './sse.ts'

/** The functions that return a `Framer` (a splitter of a reply into events), by the name of the stream format, such as `sse` or `ndjson`. */
export const framers: Readonly<Record<Framing, (sink: FrameSink) => Framer>> = {
  sse: sseFramer,
  ndjson: ndjsonFramer,
  json: jsonFramer,
  'json-array': jsonArrayFramer,
  'event-stream': eventStreamFramer,
  message: messageFramer,
}
