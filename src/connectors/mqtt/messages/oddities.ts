import { isUtf8 } from 'node:buffer'
import type { IPublishPacket } from 'mqtt'
import type { Exchange } from '../../../exchange.ts'
import { isJsonContentType, jsonIn } from '../../../text/json.ts'

/** Warns of an MQTT payload that is not UTF-8 where a text is expected, or not JSON although its content type says so (MQTT 5). */
export function warnOfText(payload: Buffer, { properties }: IPublishPacket, exchange: Exchange): void {
  if (isJsonContentType(properties?.contentType ?? '') && jsonIn(payload.toString()) === undefined)
    note(exchange.warnings, 'not_json')
  if (isUtf8(payload)) return
  note(exchange.warnings, 'bad_utf8')
  exchange.odd(payload)
}

/** Adds a warning to a list that does not have it yet. */
export function note(warnings: string[], warning: string): void {
  if (!warnings.includes(warning)) warnings.push(warning)
}
