/** What a framer makes of the pieces of a reply. */
import type { Framer, FrameSink } from '../../../src/dialects/framing/frames.ts'

export interface Framed {
  /** Data of each event, with `…` where it may have been cut off. */
  readonly frames: string[]
  readonly broken: string[]
  readonly odd: string[]
}

/** Feeds pieces to a framer and ends it. */
export function framed(
  make: (sink: FrameSink) => Framer,
  pieces: readonly (string | Uint8Array)[],
  maxEventLength?: number,
): Framed {
  const seen: Framed = { frames: [], broken: [], odd: [] }
  const framer = make({
    frame: (_, data, complete) => seen.frames.push(complete ? data : `${data}…`),
    broken: (failureClass, message) => seen.broken.push(`${failureClass}: ${message}`),
    odd: (warning, bytes) => seen.odd.push(`${warning} ${Buffer.from(bytes).toString('latin1')}`),
    ...(maxEventLength === undefined ? {} : { maxEventLength }),
  })
  for (const piece of pieces) framer.push(typeof piece === 'string' ? Buffer.from(piece) : piece)
  framer.end()
  return seen
}
