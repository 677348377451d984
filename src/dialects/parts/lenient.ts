import type { Exchange } from '../../exchange.ts'
import type { Decoder } from './dialect.ts'

/** A decoder that also reads replies without structure, and messages that are whole replies. */
export interface LenientDecoder extends Decoder {
  /** Data that may stand in a final event without its empty line, although it is not JSON. */
  readonly endMarker: string
  /** A whole reply that is not JSON; false when it cannot be read as text either. */
  plain(body: string, html: boolean, exchange: Exchange): boolean
  /** One message of a socket, which may be the whole reply: then it finishes the exchange. */
  message(data: string, exchange: Exchange): void
}

/** Tells a lenient decoder from the strict ones. */
export function isLenient(decoder: Decoder): decoder is LenientDecoder {
  return 'plain' in decoder
}
