import { type Framer, type FrameSink, maxEventOf, tooBig } from './frames.ts'
import { Utf8Stream } from './utf8.ts'

/** Returns a reader that splits an NDJSON reply into events: each line is one event; empty lines are keep-alives. */
export function ndjsonFramer(sink: FrameSink): Framer {
  return new Lines(sink)
}

class Lines implements Framer {
  private readonly sink: FrameSink
  private readonly utf8: Utf8Stream
  // Pieces of the current line, joined only once, so that a long line in many reads takes linear time.
  private readonly pieces: string[] = []
  private held = 0
  private readonly maxEvent: number

  constructor(sink: FrameSink) {
    this.sink = sink
    this.utf8 = new Utf8Stream(sink)
    this.maxEvent = maxEventOf(sink)
  }

  push(bytes: Uint8Array): void {
    const text = this.utf8.decode(bytes)
    let start = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      this.line(text.slice(start, end), true)
      start = end + 1
    }
    if (start < text.length) this.hold(start === 0 ? text : text.slice(start))
  }

  end(): void {
    this.line(this.utf8.flush(), false)
  }

  private hold(piece: string): void {
    this.pieces.push(piece)
    this.held += piece.length
    if (this.held > this.maxEvent) tooBig(this.sink)
  }

  private line(tail: string, complete: boolean): void {
    let line = tail
    if (this.held > 0) {
      this.pieces.push(tail)
      line = this.pieces.join('')
      this.pieces.length = 0
      this.held = 0
    }
    line = line.trim()
    if (line.length > this.maxEvent) tooBig(this.sink)
    else if (line !== '') this.sink.frame('', line, complete)
  }
}
