import { isUtf8 } from 'node:buffer'
import type { Exchange } from '../../../exchange.ts'
import { isJsonContentType, jsonIn } from '../../../text/json.ts'
import type { MessageProperties } from '../wire/properties.ts'

/** Adds a warning to an exchange whose MQTT payload should be text but is not UTF-8, or is declared as JSON (MQTT 5) but is not JSON. */
export function warnOfText(payload: Buffer, { contentType = '' }: MessageProperties, exchange: Exchange): void {
  if (isJsonContentType(contentType) && jsonIn(payload.toString()) === undefined) exchange.warnOnce('not_json')
  if (isUtf8(payload)) return
  exchange.warnOnce('bad_utf8')
  exchange.odd(payload)
}
