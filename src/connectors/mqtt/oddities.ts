/** Warnings: what is odd about a reply, and no failure. */
import { isUtf8 } from 'node:buffer'
import type { Exchange } from '../../exchange.ts'

/** Warns of a payload that is no UTF-8, where a text is waited for. */
export function judgeText(payload: Buffer, exchange: Exchange): void {
  if (isUtf8(payload)) return
  note(exchange.warnings, 'bad_utf8')
  exchange.odd(payload)
}

/** Adds a warning that says nothing more when it comes twice. */
export function note(warnings: string[], warning: string): void {
  if (!warnings.includes(warning)) warnings.push(warning)
}
