import type { Exchange } from '../../exchange.ts'
import type { Decoder } from './dialect.ts'

/** A decoder that also accepts plain text as a reply, and messages that are whole replies. */
export interface LenientDecoder extends Decoder {
  /** A final event with this text is complete even without the empty line after it. */
  readonly endMarker: string
  /** Takes a whole reply that is not JSON; returns false when it does not accept that as text. */
  plain(body: string, html: boolean, exchange: Exchange): boolean
  /** Takes one message of a socket; finishes the exchange when the message is the whole reply. */
  message(data: string, exchange: Exchange): void
}

/** True for a decoder that accepts plain text. */
export function isLenient(decoder: Decoder): decoder is LenientDecoder {
  return 'plain' in decoder
}
