import type { WebSocket } from 'ws'

type Callback = (error?: Error) => void

/** The internals of the library's frame reader that are used here; a test fails when the library changes them. */
interface FrameReader {
  _opcode: number
  _fin: boolean
  _payloadLength: number
  readonly _fragments: readonly Buffer[]
  createError(kind: ErrorConstructor, message: string, prefix: boolean, closeCode: number, code: string): Error
  dataMessage(done: Callback): void
  getPayloadLength16(done: Callback): void
  getPayloadLength64(done: Callback): void
  haveLength(done: Callback): void
}

const TEXT = 1
/** The largest lengths that a frame can hold with a short (7 bits) and a middle (16 bits) length field. */
const SHORT_MAX = 125
const MIDDLE_MAX = 0xffff

/**
 * Makes a WebSocket reject what the library `ws` would accept: invalid UTF-8 in a fragment, and lengths in a longer form than needed. Does nothing
 * where the library's private fields have other names. @see RFC 6455, 8.1, 5.2
 */
export function makeStrict(socket: WebSocket): void {
  const reader: unknown = Reflect.get(socket, '_receiver')
  if (!isReader(reader)) return
  checkText(reader)
  checkLengths(reader)
}

function isReader(reader: unknown): reader is FrameReader {
  return (
    typeof reader === 'object' &&
    reader !== null &&
    ['dataMessage', 'getPayloadLength16', 'getPayloadLength64', 'haveLength', 'createError'].every(
      (name) => typeof Reflect.get(reader, name) === 'function',
    ) &&
    Array.isArray(Reflect.get(reader, '_fragments'))
  )
}

function checkText(reader: FrameReader): void {
  const original = reader.dataMessage.bind(reader)
  let decoder: InstanceType<typeof TextDecoder> | undefined
  let seen = 0
  reader.dataMessage = (done) => {
    const { _opcode: opcode, _fin: isLast, _fragments: fragments } = reader
    // the library itself checks complete messages, which includes messages of one frame
    if (opcode === TEXT && !isLast) {
      decoder ??= new TextDecoder('utf-8', { fatal: true })
      try {
        for (const fragment of fragments.slice(seen)) decoder.decode(fragment, { stream: true })
        seen = fragments.length
      } catch {
        done(reader.createError(Error, 'invalid UTF-8 sequence', true, 1007, 'WS_ERR_INVALID_UTF8'))
        return
      }
    }
    if (isLast) {
      decoder = undefined
      seen = 0
    }
    original(done)
  }
}

function checkLengths(reader: FrameReader): void {
  let least = 0
  const from = (name: 'getPayloadLength16' | 'getPayloadLength64', max: number) => {
    const original = reader[name].bind(reader)
    reader[name] = (done) => {
      least = max + 1
      original(done)
    }
  }
  from('getPayloadLength16', SHORT_MAX)
  from('getPayloadLength64', MIDDLE_MAX)
  const original = reader.haveLength.bind(reader)
  reader.haveLength = (done) => {
    const isPadded = reader._payloadLength < least
    least = 0
    if (isPadded) done(reader.createError(RangeError, 'the length is not in its shortest form', true, 1002, 'WS_ERR_LENGTH_FORM'))
    else original(done)
  }
}
