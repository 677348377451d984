import type { Exchange } from '../../exchange.ts'
import type { Decoder } from './dialect.ts'

/**
 * A decoder for APIs of unknown format: it also accepts a reply of plain text, and a received message (WebSocket, MQTT …) that is a whole
 * reply by itself.
 */
export interface LenientDecoder extends Decoder {
  /** The text that marks the end of a stream, accepted even without the empty line that ends an event. */
  readonly endMarker: string
  /** Handles a whole reply that is not JSON as text; returns false when such a reply is not accepted. `html`: the reply is HTML. */
  plain(body: string, html: boolean, exchange: Exchange): boolean
  /** Reads one message of a socket; completes the exchange when the message is the whole reply. */
  message(data: string, exchange: Exchange): void
}

/** True for a decoder that also accepts replies of plain text. */
export function isLenient(decoder: Decoder): decoder is LenientDecoder {
  return 'plain' in decoder
}
