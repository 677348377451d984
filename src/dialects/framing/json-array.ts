import { type Framer, type FrameSink, maxEventOf, tooBig } from './frames.ts'
import { Nesting } from './nesting.ts'
import { Utf8Stream } from './utf8.ts'

const COMMA = 0x2c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b

/**
 * Returns a reader for a reply that is one JSON array, received in pieces: each object in the array is one event. A reply that is a single object is
 * one event.
 */
export function jsonArrayFramer(sink: FrameSink): Framer {
  return new Elements(sink)
}

class Elements implements Framer {
  private readonly sink: FrameSink
  private readonly utf8: Utf8Stream
  private readonly pieces: string[] = []
  private held = 0
  private readonly maxEvent: number
  /** Counts open brackets inside the current element; its depth is 0 between two elements. */
  private readonly nesting = new Nesting()
  private arrayOpen = false
  private broken = false

  constructor(sink: FrameSink) {
    this.sink = sink
    this.utf8 = new Utf8Stream(sink, true)
    this.maxEvent = maxEventOf(sink)
  }

  push(bytes: Uint8Array): void {
    this.scan(this.utf8.decode(bytes))
  }

  end(): void {
    this.scan(this.utf8.flush())
    if (!this.broken && (this.nesting.depth > 0 || this.arrayOpen))
      this.stop('closed_early', 'the reply ended inside its JSON array')
  }

  private scan(text: string): void {
    let start = 0
    for (let at = 0; at < text.length && !this.broken; at++) {
      const code = text.charCodeAt(at)
      if (this.nesting.depth === 0) {
        if (this.between(code)) start = at
      } else if (this.closes(code)) {
        this.deliver(text.slice(start, at + 1))
      }
    }
    if (this.nesting.depth > 0 && !this.broken) this.hold(text.slice(start))
  }

  /** Reads a character between two elements; returns true when the character starts an element. */
  private between(code: number): boolean {
    if (code === OPEN_OBJECT) {
      this.nesting.take(code)
      return true
    }
    if (code === OPEN_ARRAY && !this.arrayOpen) this.arrayOpen = true
    else if (code === CLOSE_ARRAY && this.arrayOpen) this.arrayOpen = false
    else if (code !== COMMA && code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) {
      this.stop('bad_json', `the reply is not an array of JSON objects: unexpected ${JSON.stringify(String.fromCharCode(code))}`)
    }
    return false
  }

  /** Reads a character of an element; returns true when the character ends the element. */
  private closes(code: number): boolean {
    this.nesting.take(code)
    return this.nesting.depth === 0
  }

  private hold(piece: string): void {
    this.pieces.push(piece)
    this.held += piece.length
    if (this.held > this.maxEvent) {
      this.broken = true
      tooBig(this.sink)
    }
  }

  private deliver(tail: string): void {
    let element = tail
    if (this.held > 0) {
      this.pieces.push(tail)
      element = this.pieces.join('')
      this.pieces.length = 0
      this.held = 0
    }
    if (element.length > this.maxEvent) tooBig(this.sink)
    else this.sink.frame('', element, true)
  }

  private stop(failureClass: string, message: string): void {
    this.broken = true
    this.sink.broken(failureClass, message)
  }
}
