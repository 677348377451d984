import { type ClientHttp2Session, type ClientHttp2Stream, constants } from 'node:http2'

/** Keeps the native part of an HTTP/2 session alive until the streams that are registered with it are garbage-collected. */
const holds = new FinalizationRegistry<object>(() => {})

/**
 * Keeps the native part of an HTTP/2 session in memory until its broken streams are freed. Otherwise, Node may end the whole process when a reply is
 * refused in the middle of its headers (nodejs/node#39951, an assertion on `current_nghttp2_memory_`). Does nothing where Node's private fields have
 * other names.
 */
export class SessionHold {
  private native: object | undefined

  constructor(session: ClientHttp2Session) {
    session.once('connect', () => {
      this.native = nativeOf(session)
    })
  }

  /** Registers a stream of the session. Must be called for every stream. */
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
