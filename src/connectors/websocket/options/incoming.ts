import { jsonIn } from '../../../text/json.ts'
/** A received WebSocket message. It is decoded to text, and parsed as JSON, only when that is asked for. */
export class Incoming {
  readonly bytes: Buffer
  private decoded: string | undefined
  private parsed: { readonly value: unknown } | undefined

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  get text(): string {
    this.decoded ??= this.bytes.toString('utf8')
    return this.decoded
  }

  /** The message parsed as JSON; undefined when it is not JSON. */
  get json(): unknown {
    this.parsed ??= { value: jsonIn(this.text) }
    return this.parsed.value
  }
}
