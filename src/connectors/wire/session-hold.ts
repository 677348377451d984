import { type ClientHttp2Session, type ClientHttp2Stream, constants } from 'node:http2'

/** Holds native sessions until streams are freed. */
const holds = new FinalizationRegistry<object>(() => {})

/**
 * Keeps the native part of an HTTP/2 session in memory until its broken streams are freed. When a reply is refused in the middle of its headers
 * (too many of them, or a forbidden one), the stream keeps memory of the session, and Node ends the whole process when it frees the session
 * first (a failed assertion on `current_nghttp2_memory_`, nodejs/node#39951). In a Node that names its fields otherwise, it does nothing.
 */
export class SessionHold {
  private native: object | undefined

  constructor(session: ClientHttp2Session) {
    session.once('connect', () => {
      this.native = nativeOf(session)
    })
  }

  /** Has to be called for each stream of the session. */
  watch(stream: ClientHttp2Stream): void {
    stream.once('close', () => {
      const isWhole = stream.rstCode === constants.NGHTTP2_NO_ERROR && stream.readableEnded
      if (!isWhole && this.native) holds.register(stream, this.native)
    })
  }
}

function nativeOf(session: ClientHttp2Session): object | undefined {
  const symbol = Object.getOwnPropertySymbols(session).find(({ description }) => description === 'kHandle')
  const native: unknown = symbol && Reflect.get(session, symbol)
  return typeof native === 'object' && native !== null ? native : undefined
}
