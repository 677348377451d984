import type { Exchange } from '../../exchange.ts'
import { asObject, type JsonObject, parseJson } from '../parts/json.ts'

/**
 * Returns the text of an event that adds this text to the reply and does nothing else; undefined for any other event. It has no side effects,
 * and reads members of the event by their names only.
 */
type TextOf = (event: JsonObject) => string | undefined

/** What a hole of a pattern may contain: the text of the event, any other text, or a whole number without a sign. */
type HoleKind = 'text' | 'string' | 'number'

/** A place in the data of an event where the value differs from event to event; `end` is exclusive. */
interface Hole {
  readonly kind: HoleKind
  readonly start: number
  readonly end: number
}

/** The largest event from which a pattern is made, in UTF-16 units. */
const MAX_LENGTH = 4096
/** The largest number of values that become holes, and of places that are tried for each, because each try parses the event. */
const MAX_TRIES = 16
/** Matches a value that may become a hole, after its member's name: a text without escapes, or a whole number. */
const VALUE = /\s*:\s*(?:"([ !#-[\]-~]*)"|([1-9]\d{0,15})(?=[,}\s]))/dy
const NO_ESCAPES = /^[^\0-\x1f"\\]+$/

const SPACE = 0x20
const QUOTE = 0x22
const ZERO = 0x30
const NINE = 0x39
const BACKSLASH = 0x5c
const DELETE = 0x7f
const NO_BYTES: DataView = new DataView(new ArrayBuffer(0))

/**
 * The byte pattern of an event that occurs often in a streamed reply. It has gaps for the bytes that differ between such events: the text, and
 * values that nobody reads, such as an id or a time. A received event that matches adds its text to the reply without being parsed.
 */
export class EventPattern {
  /** The fixed bytes before each hole, and after the last one. */
  private readonly literals: readonly DataView[]
  private readonly kinds: readonly HoleKind[]
  private textStart = 0
  private textEnd = 0
  private isAscii = true
  private view: DataView = NO_BYTES

  constructor(literals: readonly DataView[], kinds: readonly HoleKind[]) {
    this.literals = literals
    this.kinds = kinds
  }

  /** Returns where the event ends that begins at `start` and has this form; -1 when there is no such event, or not all of it. */
  match(bytes: Uint8Array, start: number): number {
    const { literals, kinds } = this
    const { byteOffset } = bytes
    const view = this.viewOn(bytes.buffer)
    const end = byteOffset + bytes.byteLength
    let at = byteOffset + start
    for (let index = 0; index < literals.length && at >= 0; index += 1) {
      at = afterLiteral(view, at, end, literals[index] ?? NO_BYTES)
      const kind = kinds[index]
      if (at < 0 || kind === undefined) break
      if (kind === 'number') at = afterDigits(view, at, end)
      else if (kind === 'string') at = afterAscii(view, at, end)
      else at = this.afterText(view, at, end, byteOffset)
    }
    return at < 0 ? -1 : at - byteOffset
  }

  /** Returns a view of the memory that holds an event. It is made again only for other memory, because most sockets read into the same buffer. */
  private viewOn(memory: ArrayBufferLike): DataView {
    if (this.view.buffer !== memory) this.view = new DataView(memory)
    return this.view
  }

  /** True when the text of the event that `match` found last is ''. */
  get isEmpty(): boolean {
    return this.textStart === this.textEnd
  }

  /** Reports the text of the event that `match` has found in `bytes`. Returns false, and reports nothing, when it is not UTF-8. */
  report(bytes: Uint8Array, exchange: Pick<Exchange, 'unit' | 'textUnit'>): boolean {
    const { textStart, textEnd } = this
    if (this.isAscii) {
      if (textEnd > textStart) exchange.textUnit(bytes, textStart, textEnd)
      return true
    }
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8', textStart, textEnd)
    if (text.includes('\uFFFD')) return false
    exchange.unit('text', text)
    return true
  }

  private afterText(view: DataView, start: number, end: number, byteOffset: number): number {
    let at = start
    let highest = 0
    for (; at < end; at += 1) {
      const byte = view.getUint8(at)
      if (byte === QUOTE) break
      if (byte === BACKSLASH || byte < SPACE) return -1
      if (byte > highest) highest = byte
    }
    this.textStart = start - byteOffset
    this.textEnd = at - byteOffset
    this.isAscii = highest <= DELETE
    return at
  }
}

/**
 * Returns the byte pattern of a received event named `name`, by which later events of the same form are recognised without parsing. Returns
 * undefined for an event that does more than add text, is large, or has an escape sequence in its text.
 */
export function patternOf(name: string, data: string, textOf: TextOf): EventPattern | undefined {
  // Data of several lines has other bytes on the wire than after parsing.
  if (data.length > MAX_LENGTH || name === 'error' || /[\r\n]/.test(data)) return undefined
  const event = parsed(data)
  const text = event && textOf(event)
  if (!text || !NO_ESCAPES.test(text)) return undefined
  const textHole = holeOfText(data, text, textOf)
  if (!textHole) return undefined
  const unread = unreadBy(textOf, event)
  if (unread.length > MAX_TRIES) return undefined
  const others = unread.map((key) => holeOfMember(data, key))
  return assemble(name, data, [textHole, ...others.filter((hole) => hole !== undefined)])
}

function assemble(name: string, data: string, holes: Hole[]): EventPattern {
  holes.sort((a, b) => a.start - b.start)
  const stream = `${name === '' ? '' : `event: ${name}\n`}data: `
  const starts = [0, ...holes.map(({ end }) => end)]
  const literals = starts.map((start, index) => {
    const literal = data.slice(start, holes[index]?.start)
    const bytes = Buffer.from(`${index === 0 ? stream : ''}${literal}${index === holes.length ? '\n\n' : ''}`)
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  })
  return new EventPattern(
    literals,
    holes.map(({ kind }) => kind),
  )
}

/** Returns the keys of an event that `textOf` does not read, so that their values cannot change the text. */
function unreadBy(textOf: TextOf, event: JsonObject): string[] {
  const read = new Set<string | symbol>()
  const watched = new Proxy(event, {
    get: (target, key) => {
      read.add(key)
      return Reflect.get(target, key)
    },
  })
  textOf(watched)
  return Object.keys(event).filter((key) => !read.has(key))
}

/** Returns where the text of an event is in its data: the place where another text changes only what `textOf` returns. */
function holeOfText(data: string, text: string, textOf: TextOf): Hole | undefined {
  const literal = `"${text}"`
  for (const at of placesOf(literal, data)) {
    const hole: Hole = { kind: 'text', start: at + 1, end: at + 1 + text.length }
    const event = parsed(filled(data, hole, `${text}x`))
    if (event && textOf(event) === `${text}x`) return hole
  }
  return undefined
}

/** Returns where the value of an event's own member `key` is in its data; undefined when the value is not a plain text or number. */
function holeOfMember(data: string, key: string): Hole | undefined {
  const name = JSON.stringify(key)
  for (const at of placesOf(name, data)) {
    VALUE.lastIndex = at + name.length
    const [, string, number] = VALUE.exec(data)?.indices ?? []
    const span = string ?? number
    if (!span) continue
    const hole: Hole = { kind: string ? 'string' : 'number', start: span[0], end: span[1] }
    const value = data.slice(hole.start, hole.end)
    const other = string ? `${value}x` : value === '1' ? 2 : 1
    if (parsed(filled(data, hole, `${other}`))?.[key] === other) return hole
  }
  return undefined
}

/** Returns the indexes at which `part` occurs in `data`, at most MAX_TRIES of them. */
function placesOf(part: string, data: string): number[] {
  const places: number[] = []
  for (let at = data.indexOf(part); at >= 0 && places.length < MAX_TRIES; at = data.indexOf(part, at + 1)) places.push(at)
  return places
}

function filled(data: string, { start, end }: Hole, value: string): string {
  return data.slice(0, start) + value + data.slice(end)
}

function parsed(data: string): JsonObject | undefined {
  const result = parseJson(data)
  return result.ok ? asObject(result.value) : undefined
}

/** Returns where `literal` ends if the bytes from `start` to `end` begin with it, else -1. The functions below do so for other contents. */
function afterLiteral(view: DataView, start: number, end: number, literal: DataView): number {
  const length = literal.byteLength
  if (start + length > end) return -1
  let at = 0
  for (; at + 4 <= length; at += 4) if (view.getUint32(start + at, true) !== literal.getUint32(at, true)) return -1
  for (; at < length; at += 1) if (view.getUint8(start + at) !== literal.getUint8(at)) return -1
  return start + length
}

function afterDigits(view: DataView, start: number, end: number): number {
  let at = start
  while (at < end && isDigit(view.getUint8(at))) at += 1
  return at === start || view.getUint8(start) === ZERO ? -1 : at
}

function afterAscii(view: DataView, start: number, end: number): number {
  for (let at = start; at < end; at += 1) {
    const byte = view.getUint8(at)
    if (byte === QUOTE) return at
    if (byte === BACKSLASH || byte < SPACE || byte > DELETE) return -1
  }
  return -1
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE
}
