import type { Exchange, Headers } from '../../exchange.ts'
import type { Decoder } from '../parts/dialect.ts'
import { failForStatus } from '../parts/provider-error.ts'

/** The largest number of bytes of an error reply that are read for its message. */
const MAX_ERROR_BYTES = 64 * 1024

/**
 * Collects the body of a reply whose status is 300 or above. At the end, it fails the exchange (request and reply) with the error message in the
 * body.
 */
export class ErrorBody {
  private readonly status: number
  private readonly headers: Headers
  private readonly pieces: Uint8Array[] = []
  private bytes = 0

  constructor(status: number, headers: Headers) {
    this.status = status
    this.headers = headers
  }

  push(bytes: Uint8Array, exchange: Exchange, decoder?: Decoder): void {
    this.pieces.push(Buffer.from(bytes))
    this.bytes += bytes.byteLength
    if (this.bytes >= MAX_ERROR_BYTES) this.end(exchange, decoder)
  }

  /** Fails the exchange with the message in the collected body; a decoder with a method `error` reads that message itself. */
  end(exchange: Exchange, decoder?: Decoder): void {
    const body = Buffer.concat(this.pieces).subarray(0, MAX_ERROR_BYTES).toString('utf8')
    if (decoder?.error !== undefined) decoder.error(this.status, this.headers, body, exchange)
    if (!exchange.settled) failForStatus(this.status, this.headers, body, exchange)
  }
}
