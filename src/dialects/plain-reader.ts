import type { Exchange, Headers, ReplyReader } from '../exchange.ts'
import { ErrorBody } from './error-body.ts'

/**
 * A reader for `request` steps, which have no dialect: a complete reply with a status below 400 is ok, whatever it holds.
 * It makes no units; set `exchange.keepBody` to look at the bytes. With `firstMessageEnds`, a reply without a head
 * (WebSocket, MQTT) is complete with its first message; else the connector's `done` ends it.
 */
export function plainReader(firstMessageEnds = false): ReplyReader {
  let errorBody: ErrorBody | undefined
  let hasHead = false
  return {
    head(status: number, headers: Headers): void {
      hasHead = status >= 200
      if (status >= 400) errorBody = new ErrorBody(status, headers)
    },
    push(bytes: Uint8Array, exchange: Exchange): void {
      if (errorBody !== undefined) errorBody.push(bytes, exchange)
      else if (firstMessageEnds && !hasHead) exchange.finish()
    },
    end(exchange: Exchange): void {
      errorBody?.end(exchange)
    },
  }
}
