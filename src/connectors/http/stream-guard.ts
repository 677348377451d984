/** Refuses a 2xx reply that is not an event stream, and shows how it begins. */
import type { Exchange, Headers } from '../../exchange.ts'

/** How much of a wrong reply is shown, in bytes. */
const SHOWN_BYTES = 200
// C0, DEL, C1, zero-width and bidirectional controls: they must not reach a terminal
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** Holds the start of a reply that should have been an event stream. */
export class EventStreamGuard {
  private readonly contentType: string
  private readonly shown: Uint8Array[] = []
  private size = 0

  constructor(contentType: string) {
    this.contentType = contentType
  }

  /** A guard for this reply, or undefined when it may pass. */
  static for(status: number, headers: Headers): EventStreamGuard | undefined {
    const type = headers['content-type'] ?? ''
    const isStream = /^\s*text\/event-stream\s*(;|$)/i.test(type)
    return status < 200 || status > 299 || isStream ? undefined : new EventStreamGuard(type)
  }

  /** Collects; rejects the exchange as soon as there is enough to show. */
  push(bytes: Uint8Array, exchange: Exchange): void {
    this.shown.push(bytes.subarray(0, SHOWN_BYTES - this.size))
    this.size += bytes.byteLength
    if (this.size >= SHOWN_BYTES) this.reject(exchange)
  }

  /** Fails the exchange as `bad_sse` with what came. */
  reject(exchange: Exchange): void {
    const type = this.contentType === '' ? 'no content type' : `content type ${visible(this.contentType)}`
    const start = this.size === 0 ? 'an empty body' : visible(Buffer.concat(this.shown).toString('utf8'))
    exchange.reject('bad_sse', `expected text/event-stream, got ${type}: ${start}`)
  }
}

function visible(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}
