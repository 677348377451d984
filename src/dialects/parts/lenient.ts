import type { Exchange } from '../../exchange.ts'
import type { Decoder } from './dialect.ts'

/**
 * A decoder for APIs whose reply format is not known in advance. It also accepts plain text instead of JSON. Over WebSocket, MQTT and the like, it
 * accepts a single message as the whole reply.
 */
export interface LenientDecoder extends Decoder {
  /** The text that marks the end of a stream, accepted even without the empty line that ends an event. */
  readonly endMarker: string
  /** Handles a whole reply that is not JSON as text; returns false when such a reply is not accepted. `html`: the reply is HTML. */
  plain(body: string, html: boolean, exchange: Exchange): boolean
  /** Reads one message of a socket; completes the exchange when the message is the whole reply. */
  message(data: string, exchange: Exchange): void
}

/** Returns whether a decoder is one for APIs of unknown format, which accepts replies of plain text too. */
export function isLenient(decoder: Decoder): decoder is LenientDecoder {
  return 'plain' in decoder
}
