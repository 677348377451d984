/** The default limit on the length of one event of a streamed reply, in UTF-16 units. A longer event fails the reply with the class `too_big`. */
export const MAX_EVENT_LENGTH = 1024 * 1024

/**
 * The receiver of the events into which a `Framer` splits a reply. The Framer calls `frame` with each event, `odd` for a deviation from the format
 * that it can read past, and `broken` when it cannot read on.
 */
export interface FrameSink {
  /** Takes one event. `complete` is false when the stream ended within it, so that a part may be missing. */
  frame(name: string, data: string, complete: boolean): void
  /** Reads whole events of the most common form directly from the start of `bytes`. Returns the number of bytes that were read; 0 for none. */
  takeUsual?(bytes: Uint8Array): number
  /** Called when the rest of the stream cannot be read; then nothing else is called. */
  broken(failureClass: string, message: string): void
  /** Reports an irregularity that does not fail the reply, once per stream. `bytes` hold the line with it, or the line's beginning. */
  odd(warning: string, bytes: Uint8Array): void
  /** The length of the longest accepted event, in UTF-16 units; left out for the default. */
  readonly maxEventLength?: number
}

/** Splits the bytes of one reply into events, such as the lines of NDJSON. The work grows only linearly with the length of the reply. */
export interface Framer {
  /** Takes the next bytes of the reply; their memory may be used again after the call. */
  push(bytes: Uint8Array): void
  /** Called when no more bytes come; passes what is left to the sink. */
  end(): void
}

/** Fails a reply because one of its events is longer than the limit. It reports this to `sink`, the receiver of the reply's events. */
export function tooBig(sink: FrameSink): void {
  sink.broken('too_big', `one event of the stream is larger than ${maxEventOf(sink)} characters`)
}

/**
 * Returns how long one event of a streamed reply may be, in UTF-16 units: `maxEventLength` of `sink`, the receiver of the events, or the default when
 * that is not set.
 */
export function maxEventOf(sink: FrameSink): number {
  return sink.maxEventLength ?? MAX_EVENT_LENGTH
}
