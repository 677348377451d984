/** The longest event in UTF-16 units, unless the sink sets another limit; a longer one fails the reply as `too_big`. */
export const MAX_EVENT_LENGTH = 1024 * 1024

/** The callbacks of a `Framer`: each event of a reply, and each error in the framing. */
export interface FrameSink {
  /** Takes one event. `complete` is false when the stream ended within it, so that a part may be missing. */
  frame(name: string, data: string, complete: boolean): void
  /** Called when the rest of the stream cannot be read. */
  broken(failureClass: string, message: string): void
  /** Reports a fault that is not a failure, once per stream. `bytes` are the line with the fault, or the beginning of it. */
  odd(warning: string, bytes: Uint8Array): void
  /** The longest event accepted, in UTF-16 units. */
  readonly maxEventLength?: number
}

/** Splits the bytes of one reply into events, in linear time. */
export interface Framer {
  push(bytes: Uint8Array): void
  /** Called when no more bytes come; passes what is left to the sink. */
  end(): void
}

/** Reports to the sink that an event exceeds the length limit. */
export function tooBig(sink: FrameSink): void {
  sink.broken('too_big', `one event of the stream is larger than ${maxEventOf(sink)} characters`)
}

/** Returns the longest event that the sink accepts, in UTF-16 units. */
export function maxEventOf(sink: FrameSink): number {
  return sink.maxEventLength ?? MAX_EVENT_LENGTH
}
