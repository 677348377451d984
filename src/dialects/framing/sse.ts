import { createParser, type EventSourceParser } from 'eventsource-parser'
import { type Framer, type FrameSink, maxEventOf, tooBig } from './frames.ts'
import { Utf8Stream } from './utf8.ts'

const DATA = 'data: '
const LINE_FEED = 0x0a

/** Returns a reader that splits a reply of server-sent events into its events. @see https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function sseFramer(sink: FrameSink): Framer {
  return new Events(sink)
}

class Events implements Framer {
  private readonly sink: FrameSink
  private readonly utf8: Utf8Stream
  private readonly maxEvent: number
  /** Parses events that are more than one line of data. Undefined until such an event comes, because most streams have none. */
  private parser: EventSourceParser | undefined
  /** True when the parser is at the start of an event and holds no text, or when there is no parser. */
  private between = true
  private complete = true

  constructor(sink: FrameSink) {
    this.sink = sink
    this.utf8 = new Utf8Stream(sink, true)
    this.maxEvent = maxEventOf(sink)
  }

  push(bytes: Uint8Array): void {
    const taken = this.between && this.utf8.isPlain ? (this.sink.takeUsual?.(bytes) ?? 0) : 0
    if (taken < bytes.length) this.takeText(this.utf8.decode(taken === 0 ? bytes : bytes.subarray(taken)))
  }

  private takeText(text: string): void {
    const start = this.between ? this.takePlain(text) : 0
    if (start < text.length) this.feed(start === 0 ? text : text.slice(start))
  }

  end(): void {
    this.complete = false
    const rest = this.utf8.flush()
    // The parser may take the first line end for the second half of a CRLF; superfluous ones have no effect.
    if (!this.between || rest !== '') this.feed(`${rest}\n\n\n`)
  }

  /** Passes on the events at the start of `text` that consist of one `data:` line. Returns the index of the rest. */
  private takePlain(text: string): number {
    let start = 0
    // A CR ends a line as well.
    if (text.includes('\r')) return start
    while (text.startsWith(DATA, start)) {
      const end = text.indexOf('\n', start)
      if (end === -1 || text.charCodeAt(end + 1) !== LINE_FEED) break
      this.event('', text.slice(start + DATA.length, end))
      start = end + 2
    }
    return start
  }

  private feed(text: string): void {
    this.parser ??= this.makeParser()
    this.parser.feed(text)
    this.between = text.endsWith('\n\n') && !text.includes('\r')
  }

  private makeParser(): EventSourceParser {
    const parser = createParser({
      maxBufferSize: this.maxEvent,
      onEvent: (event) => this.event(event.event ?? '', event.data),
      onError: (error) => {
        // The standard says to ignore unknown fields and bad retry values.
        if (error.type === 'max-buffer-size-exceeded') tooBig(this.sink)
      },
    })
    // The decoder already drops a byte order mark at the start; after this line end the parser does not look for another.
    parser.feed('\n')
    return parser
  }

  private event(name: string, data: string): void {
    // The parser limits only the text that it holds between two reads.
    if (data.length > this.maxEvent) tooBig(this.sink)
    else this.sink.frame(name, data, this.complete)
  }
}
