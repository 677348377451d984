/** Server-sent events. @see https://html.spec.whatwg.org/multipage/server-sent-events.html */
import { createParser } from 'eventsource-parser'
import { type Framer, type FrameSink, maxEventOf, tooBig } from './frames.ts'
import { Utf8Stream } from './utf8.ts'

/** Cuts a stream into SSE events: CR, LF, CRLF, BOM and any byte split give the same events. */
export function sseFramer(sink: FrameSink): Framer {
  const utf8 = new Utf8Stream(sink, true)
  const maxEvent = maxEventOf(sink)
  let complete = true
  const parser = createParser({
    maxBufferSize: maxEvent,
    onEvent(event) {
      // The parser bounds only what it holds between two reads.
      if (event.data.length > maxEvent) tooBig(sink)
      else sink.frame(event.event ?? '', event.data, complete)
    },
    onError(error) {
      // Unknown fields and bad retry values are to be ignored, says the standard.
      if (error.type === 'max-buffer-size-exceeded') tooBig(sink)
    },
  })
  // The decoder drops the one BOM that may go; behind a first line, the parser looks for none.
  parser.feed('\n')
  return {
    push(bytes) {
      parser.feed(utf8.decode(bytes))
    },
    end() {
      complete = false
      // The first line end may be taken for the second half of a CRLF; spare ones do nothing.
      parser.feed(`${utf8.flush()}\n\n\n`)
    },
  }
}
