import { createParser } from 'eventsource-parser'
import { type Framer, type FrameSink, maxEventOf, tooBig } from './frames.ts'
import { Utf8Stream } from './utf8.ts'

/** Makes a framer for server-sent events. @see https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function sseFramer(sink: FrameSink): Framer {
  const utf8 = new Utf8Stream(sink, true)
  const maxEvent = maxEventOf(sink)
  let complete = true
  const parser = createParser({
    maxBufferSize: maxEvent,
    onEvent(event) {
      // The parser limits only the text that it holds between two reads.
      if (event.data.length > maxEvent) tooBig(sink)
      else sink.frame(event.event ?? '', event.data, complete)
    },
    onError(error) {
      // The standard says to ignore unknown fields and bad retry values.
      if (error.type === 'max-buffer-size-exceeded') tooBig(sink)
    },
  })
  // The decoder already drops a byte order mark at the start; after this line end the parser does not look for another.
  parser.feed('\n')
  return {
    push(bytes) {
      parser.feed(utf8.decode(bytes))
    },
    end() {
      complete = false
      // The parser may take the first line end for the second half of a CRLF; superfluous ones have no effect.
      parser.feed(`${utf8.flush()}\n\n\n`)
    },
  }
}
