/** Warnings: what is odd about a reply, and no failure. */
import { isUtf8 } from 'node:buffer'
import type { IPublishPacket } from 'mqtt'
import type { Exchange } from '../../../exchange.ts'
import { isJsonContentType, jsonIn } from '../../../text/json.ts'

/** Warns of a payload that is no UTF-8, where a text is waited for, or no JSON, where its content type says so (MQTT 5). */
export function judgeText(payload: Buffer, { properties }: IPublishPacket, exchange: Exchange): void {
  if (isJsonContentType(properties?.contentType ?? '') && jsonIn(payload.toString()) === undefined)
    note(exchange.warnings, 'not_json')
  if (isUtf8(payload)) return
  note(exchange.warnings, 'bad_utf8')
  exchange.odd(payload)
}

/** Adds a warning that says nothing more when it comes twice. */
export function note(warnings: string[], warning: string): void {
  if (!warnings.includes(warning)) warnings.push(warning)
}
