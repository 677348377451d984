import type { Exchange, Headers, ReplyReader } from '../../exchange.ts'
import { isJsonContentType } from '../../text/json.ts'
import { ErrorBody } from './error-body.ts'
import { JsonWatch } from './json-watch.ts'

/**
 * Makes a reader for the replies to `request` steps, which have no API format. A complete reply with a status below 400 succeeds, and none
 * has generated text. A reply that is not JSON although its content type says so gets a warning.
 */
export function plainReader(): ReplyReader {
  let errorBody: ErrorBody | undefined
  let watch: JsonWatch | undefined
  return {
    head(status: number, headers: Headers): void {
      if (status >= 200 && isJsonContentType(headers['content-type'] ?? '')) watch = new JsonWatch()
      if (status >= 400) errorBody = new ErrorBody(status, headers)
    },
    push(bytes: Uint8Array, exchange: Exchange): void {
      watch?.push(bytes)
      errorBody?.push(bytes, exchange)
    },
    end(exchange: Exchange): void {
      if (watch?.isBroken(exchange)) exchange.warn('not_json')
      errorBody?.end(exchange)
    },
  }
}
