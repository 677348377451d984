import type { Exchange, Headers, ReplyReader } from '../../exchange.ts'
import { isJsonContentType } from '../../text/json.ts'
import { ErrorBody } from './error-body.ts'
import { JsonWatch } from './json-watch.ts'

/**
 * Returns the reader for the replies to `request` steps, which have no API format and no generated text. A complete reply with a status below 400
 * succeeds. A reply whose content type says JSON, but whose body is not JSON, gets a warning.
 */
export function plainReader(): ReplyReader {
  return new PlainReader()
}

class PlainReader implements ReplyReader {
  private errorBody: ErrorBody | undefined
  private watch: JsonWatch | undefined

  head(status: number, headers: Headers): void {
    if (status >= 200 && isJsonContentType(headers['content-type'] ?? '')) this.watch = new JsonWatch()
    if (status >= 400) this.errorBody = new ErrorBody(status, headers)
  }

  push(bytes: Uint8Array, exchange: Exchange): void {
    this.watch?.push(bytes, exchange)
    this.errorBody?.push(bytes, exchange)
  }

  end(exchange: Exchange): void {
    if (this.watch?.isBroken(exchange)) exchange.warn('not_json')
    this.errorBody?.end(exchange)
  }
}
