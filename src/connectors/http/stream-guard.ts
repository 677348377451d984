import type { Exchange, Headers } from '../../exchange.ts'

/** The largest number of bytes of a wrong reply that a message shows. */
const SHOWN_BYTES = 200
// control, zero-width and bidirectional characters, which must not reach a terminal
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** Rejects a reply with a 2xx status that should be an event stream and is not. The failure shows the beginning of its body. */
export class EventStreamGuard {
  private readonly contentType: string
  private readonly shown: Uint8Array[] = []
  private size = 0

  constructor(contentType: string) {
    this.contentType = contentType
  }

  /** Returns a guard for a reply that must be rejected; undefined when it is an event stream or its status is not 2xx. */
  static for(status: number, headers: Headers): EventStreamGuard | undefined {
    const type = headers['content-type'] ?? ''
    const isStream = /^\s*text\/event-stream\s*(;|$)/i.test(type)
    return status < 200 || status > 299 || isStream ? undefined : new EventStreamGuard(type)
  }

  /** Collects the start of the body; rejects the exchange when there is enough of it to show. */
  push(bytes: Uint8Array, exchange: Exchange): void {
    this.shown.push(Buffer.from(bytes.subarray(0, SHOWN_BYTES - this.size)))
    this.size += bytes.byteLength
    if (this.size >= SHOWN_BYTES) this.reject(exchange)
  }

  /** Rejects the exchange as `bad_sse` with the beginning of the reply. */
  reject(exchange: Exchange): void {
    const type = this.contentType === '' ? 'no content type' : `content type ${visible(this.contentType)}`
    const start = this.size === 0 ? 'an empty body' : visible(Buffer.concat(this.shown).toString('utf8'))
    exchange.reject('bad_sse', `expected text/event-stream, got ${type}: ${start}`)
  }
}

function visible(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}
