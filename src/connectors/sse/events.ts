/** The size in bytes, including comments and field names, above which burn rejects a server-sent event. */
export const MAX_EVENT_BYTES = 1024 * 1024
const LF = 0x0a
const CR = 0x0d
const BOM = Buffer.from([0xef, 0xbb, 0xbf])
const NEWLINE = Buffer.from('\n')

/** One server-sent event: its name, its data, and its bytes as they came. */
export interface StreamEvent {
  /** Name of the event; `message` when it has none. */
  readonly name: string
  readonly data: string
  /** All bytes of the event up to its closing blank line, which can be read as an event stream with only this event. */
  readonly bytes: Buffer
}

/** The callbacks of a stream's events: one for each event, and one for an event that is too large. */
interface StreamEventSink {
  event(event: StreamEvent): void
  /** Called when an event is larger than MAX_EVENT_BYTES; nothing follows. */
  tooBig(): void
}

/**
 * Splits bytes in pieces of any size into server-sent events. @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventCutter {
  /** The id of the last event that had one. A reconnect sends it as Last-Event-ID; '' when there is none. */
  lastEventId = ''
  /** The wait in ms that the server asks for before a reconnect; undefined until it does. */
  retryMs: number | undefined
  private readonly sink: StreamEventSink
  private held: Buffer[] = []
  private heldBytes = 0
  private lineBytes = 0
  private afterCr = false
  private begun = false
  private over = false

  constructor(sink: StreamEventSink) {
    this.sink = sink
  }

  /** Prepares for a new connection: an incomplete event is dropped; `lastEventId` and `retryMs` stay. */
  restart(): void {
    this.forget()
    this.afterCr = false
    this.begun = false
    this.over = false
  }

  push(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return
    const input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    // skips the LF of a CRLF that was split; its CR has ended the line
    let start = this.afterCr && input[0] === LF ? 1 : 0
    while (start < input.length && !this.over) start = this.takeLine(input, start)
    this.afterCr = input.at(-1) === CR
  }

  /** Reads one line, or the beginning of one at the end of `input`; returns the index of the next line. */
  private takeLine(input: Buffer, start: number): number {
    const at = lineEnd(input, start)
    const next = Math.min(input.length, at + (input[at] === CR && input[at + 1] === LF ? 2 : 1))
    this.lineBytes += at - start
    this.hold(input.subarray(start, next))
    if (at === input.length || this.over) return next
    const blank = this.lineBytes === 0
    this.lineBytes = 0
    if (blank) this.endBlock()
    return next
  }

  private hold(bytes: Buffer): void {
    this.heldBytes += bytes.byteLength
    // copied, because the socket may reuse its memory
    if (this.heldBytes <= MAX_EVENT_BYTES) this.held.push(Buffer.from(bytes))
    else {
      this.over = true
      this.forget()
      this.sink.tooBig()
    }
  }

  private endBlock(): void {
    const whole = Buffer.concat(this.held)
    this.forget()
    const block = !this.begun && startsWithBom(whole) ? whole.subarray(BOM.length) : whole
    this.begun = true
    const { name, data } = this.read(block.toString('utf8'))
    if (data !== undefined) this.sink.event({ name: name || 'message', data, bytes: standalone(block) })
  }

  private read(text: string): { name: string; data: string | undefined } {
    let name = ''
    const data: string[] = []
    for (const line of text.split(/\r\n|\r|\n/)) {
      const [field, value] = fieldOf(line)
      if (field === 'data') data.push(value)
      else if (field === 'event') name = value
      else if (field === 'id' && !value.includes('\0')) this.lastEventId = value
      else if (field === 'retry' && /^\d+$/.test(value)) this.retryMs = Number(value)
    }
    return { name, data: data.length === 0 ? undefined : data.join('\n') }
  }

  private forget(): void {
    this.held = []
    this.heldBytes = 0
    this.lineBytes = 0
  }
}

function startsWithBom(bytes: Buffer): boolean {
  return bytes.subarray(0, BOM.length).equals(BOM)
}

/** Returns the index of the next CR or LF; the length of `input` when there is none. */
function lineEnd(input: Buffer, from: number): number {
  for (let at = from; at < input.length; at += 1) if (input[at] === LF || input[at] === CR) return at
  return input.length
}

/** Returns the name and value of a line of an event stream; a comment line has the name ''. */
function fieldOf(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':')
  if (colon < 0) return [line, '']
  return [line.slice(0, colon), line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)]
}

/** Returns the bytes of one event as a complete event stream. A BOM at their start gets a line end before it, and a CR at their end gets its LF. */
function standalone(block: Buffer): Buffer {
  const parts = [block]
  if (startsWithBom(block)) parts.unshift(NEWLINE)
  if (block.at(-1) === CR) parts.push(NEWLINE)
  return parts.length === 1 ? block : Buffer.concat(parts)
}
