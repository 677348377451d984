import type { Exchange } from '../../exchange.ts'
import { HEAD_CHARACTERS } from '../../text/held-text.ts'
import { Nesting } from '../framing/nesting.ts'
import { parseJson } from '../parts/json.ts'

/** Watches a reply that calls itself JSON pass by: a long one is not held for that, nor parsed in one go, which would delay everything else. */
export class JsonWatch {
  private readonly nesting = new Nesting()
  private bytes = 0

  push(bytes: Uint8Array): void {
    this.bytes += bytes.byteLength
    for (const byte of bytes) this.nesting.take(byte)
  }

  /** Whether it is over and was no JSON. Of a long reply only its beginning and its brackets are looked at; an empty one, as HEAD has it, says nothing. */
  isBroken({ rawBeginning }: Exchange): boolean {
    if (this.bytes === 0) return false
    const beginning = Buffer.from(rawBeginning).toString('utf8', 0, HEAD_CHARACTERS)
    if (this.bytes <= HEAD_CHARACTERS) return !parseJson(beginning).ok
    return this.nesting.inString || this.nesting.depth !== 0 || !/^\ufeff?\s*["[{]/.test(beginning)
  }
}
