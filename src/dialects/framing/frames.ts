/** What every framing is: bytes in, whole events out, in linear time. */

/** Longest event that is held in memory, in UTF-16 units, unless the sink says otherwise; a longer one is `too_big`. */
export const MAX_EVENT_LENGTH = 1024 * 1024

/** Where a framing delivers to. */
export interface FrameSink {
  /** One event. `complete` is false for what was still open when the stream ended: it may be cut off. */
  frame(name: string, data: string, complete: boolean): void
  /** The stream cannot be read any further. */
  broken(failureClass: string, message: string): void
  /** Something odd that is not a failure; told once per stream. `bytes` show it: its line, or the beginning of that. */
  odd(warning: string, bytes: Uint8Array): void
  /** Longest event, in UTF-16 units. */
  readonly maxEventLength?: number
}

/** Cuts the bytes of one reply into events. */
export interface Framer {
  push(bytes: Uint8Array): void
  /** No more bytes will come: deliver what is left. */
  end(): void
}

/** Tells the sink that one event outgrew the bound. */
export function tooBig(sink: FrameSink): void {
  sink.broken('too_big', `one event of the stream is larger than ${maxEventOf(sink)} characters`)
}

/** Longest event that this sink takes. */
export function maxEventOf(sink: FrameSink): number {
  return sink.maxEventLength ?? MAX_EVENT_LENGTH
}
