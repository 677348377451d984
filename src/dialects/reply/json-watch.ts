import type { Exchange } from '../../exchange.ts'
import { HEAD_CHARACTERS } from '../../text/held-text.ts'
import { isTooDeep } from '../../text/json.ts'
import { Nesting } from '../framing/nesting.ts'
import { parseJson } from '../parts/json.ts'

/**
 * Checks that a reply is JSON, piece by piece as its bytes arrive. Only a short reply is parsed; a long one is checked by its first characters and by
 * whether its brackets and quotes are closed, so that it need not be stored.
 */
export class JsonWatch {
  /** Counts the brackets and quotes of a reply that is longer than its kept beginning; undefined for a shorter one. */
  private nesting: Nesting | undefined
  private bytes = 0

  /** Checks the next piece of a reply, after `exchange` has stored the beginning of the reply. */
  push(bytes: Uint8Array, exchange: Pick<Exchange, 'rawBeginning'>): void {
    const before = this.bytes
    this.bytes += bytes.byteLength
    if (this.bytes <= HEAD_CHARACTERS) return
    const seen = this.nesting ? 0 : HEAD_CHARACTERS - before
    this.nesting ??= nestingOf(exchange.rawBeginning.subarray(0, HEAD_CHARACTERS))
    for (const byte of bytes.subarray(seen)) this.nesting.take(byte)
  }

  /** True when a complete reply was not JSON. A long one is checked by its beginning and brackets only; an empty one passes. */
  isBroken(exchange: Pick<Exchange, 'beginningText' | 'parsedAs'>): boolean {
    if (this.bytes === 0) return false
    const beginning = exchange.beginningText
    if (!this.nesting) return !isJson(beginning, exchange)
    return this.nesting.inString || this.nesting.depth !== 0 || !/^\ufeff?\s*["[{]/.test(beginning)
  }
}

/** The last short reply that was checked, and whether it was JSON, because many targets send the same reply again and again. */
let last = { text: '', ok: false }

function isJson(text: string, exchange: Pick<Exchange, 'parsedAs'>): boolean {
  if (text === last.text) return last.ok
  const parsed = parseJson(text)
  if (parsed.ok && !isTooDeep(text)) exchange.parsedAs(parsed.value)
  last = { text, ok: parsed.ok }
  return parsed.ok
}

function nestingOf(bytes: Uint8Array): Nesting {
  const nesting = new Nesting()
  for (const byte of bytes) nesting.take(byte)
  return nesting
}
