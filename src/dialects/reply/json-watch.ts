import type { Exchange } from '../../exchange.ts'
import { HEAD_CHARACTERS } from '../../text/held-text.ts'
import { Nesting } from '../framing/nesting.ts'
import { parseJson } from '../parts/json.ts'

/** Checks that a reply is JSON while its bytes are passed in. A long reply is neither stored nor parsed as a whole. */
export class JsonWatch {
  private readonly nesting = new Nesting()
  private bytes = 0

  push(bytes: Uint8Array): void {
    this.bytes += bytes.byteLength
    for (const byte of bytes) this.nesting.take(byte)
  }

  /** True when a complete reply was not JSON. A long one is checked by its beginning and brackets only; an empty one passes. */
  isBroken({ rawBeginning }: Exchange): boolean {
    if (this.bytes === 0) return false
    const beginning = Buffer.from(rawBeginning).toString('utf8', 0, HEAD_CHARACTERS)
    if (this.bytes <= HEAD_CHARACTERS) return !parseJson(beginning).ok
    return this.nesting.inString || this.nesting.depth !== 0 || !/^\ufeff?\s*["[{]/.test(beginning)
  }
}
