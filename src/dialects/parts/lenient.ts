import type { Exchange } from '../../exchange.ts'
import type { Decoder } from './dialect.ts'

/** A decoder for unknown APIs: it also accepts plain text as a reply, and socket messages that each are a whole reply. */
export interface LenientDecoder extends Decoder {
  /** The text that marks the end of a stream, accepted even without the empty line that ends an event. */
  readonly endMarker: string
  /** Takes a whole reply that is not JSON; returns false when it is not accepted as text. `html`: the reply is HTML. */
  plain(body: string, html: boolean, exchange: Exchange): boolean
  /** Takes one message of a socket; finishes the exchange when the message is the whole reply. */
  message(data: string, exchange: Exchange): void
}

/** True for a decoder that also accepts replies of plain text. */
export function isLenient(decoder: Decoder): decoder is LenientDecoder {
  return 'plain' in decoder
}
