import type { Exchange, Headers } from '../../exchange.ts'
import { noteConversationId } from '../parts/conversation-id.ts'
import { isDone, isGrpc, rejectOpenEnd } from '../parts/events.ts'
import { asObject, member, parseJson, sample, toText } from '../parts/json.ts'
import type { LenientDecoder } from '../parts/lenient.ts'
import { type ReplyPath, readPath } from '../parts/path.ts'
import { failForStatus, hasError, noteFinish, readProviderError, rejectForError, statesFailure } from '../parts/provider-error.ts'
import { noteServerTimes } from '../parts/server-times.ts'
import { normaliseUsage } from '../parts/usage.ts'
import type { CompiledResponse } from './compile.ts'
import { endsWith } from './end-rule.ts'
import { mappedUsage } from './usage.ts'

/**
 * The JSON keys, such as `content`, under which the dialect `generic` looks for the text of a reply when the scenario names no path to it. The first
 * key that holds a text is used.
 */
export const TEXT_KEYS = ['reply', 'response', 'message', 'content', 'text', 'output'] as const
const DELTA_KEYS = ['delta', 'token'] as const
const DONE_KEYS = ['done', 'finished', 'complete'] as const

/** Reads replies of the dialect `generic`: at the paths in the scenario's mapping, or else under key names that many APIs use. */
export class GenericDecoder implements LenientDecoder {
  readonly endMarker: string
  private readonly map: CompiledResponse
  private reasoningSeen = false
  private hasPieces = false

  constructor(map: CompiledResponse) {
    this.map = map
    this.endMarker = map.endData ?? '[DONE]'
  }

  event(name: string, data: string, exchange: Exchange): void {
    if (this.isMarker(data)) {
      exchange.finish()
      return
    }
    const parsed = parseJson(data)
    const ends = this.map.endEvent !== undefined && name === this.map.endEvent
    if (parsed.ok) this.piece(name, parsed.value, exchange)
    else if (name === 'error') rejectForError({ message: data }, exchange)
    else if (!ends) this.bare(data, parsed.reason, exchange)
    if (ends || (parsed.ok && this.isLast(parsed.value))) exchange.finish()
  }

  document(json: unknown, exchange: Exchange): void {
    if (this.fails(json, exchange)) return
    const text = this.wholeText(json)
    const calls = this.toolCalls(json)
    this.annotate(json, exchange)
    if (text !== undefined) this.text(text, exchange)
    if (calls !== '') exchange.unit('tool', calls)
    if (text !== undefined || calls !== '') return
    if (this.map.text ?? this.map.delta)
      exchange.reject('extract', `the reply has no text at the mapped path: ${sample(toText(json))}`)
    else this.guess(json, exchange)
  }

  plain(body: string, html: boolean, exchange: Exchange): boolean {
    if (this.map.text ?? this.map.delta) return false
    if (html && !this.map.isHtml) return false
    this.text(body, exchange)
    return true
  }

  message(data: string, exchange: Exchange): void {
    if (this.map.needsEnd || this.map.delta !== undefined || exchange.endsByStatus) {
      this.event('', data, exchange)
      // An event with the whole text ends a reply that came in pieces, unless the mapping or a gRPC status decides about the end.
      if (!this.map.needsEnd && !isGrpc(exchange) && this.isWholeText(data)) exchange.finish()
      return
    }
    const parsed = parseJson(data)
    if (!parsed.ok) {
      if (!this.plain(data, false, exchange))
        exchange.reject('bad_json', `a message is not JSON: ${parsed.reason}: ${sample(data)}`)
    } else if (this.map.text !== undefined && !this.hasContent(parsed.value)) {
      // Not the reply yet, but a typing mark or a receipt; it can still be an error.
      this.fails(parsed.value, exchange)
      return
    } else {
      this.document(parsed.value, exchange)
    }
    exchange.finish()
  }

  error(status: number, headers: Headers, body: string, exchange: Exchange): void {
    const parsed = parseJson(body)
    const said = parsed.ok ? readPath(this.map.error, parsed.value) : undefined
    const found = typeof said === 'string' && said !== '' ? { message: said, type: '', code: '' } : undefined
    failForStatus(status, headers, body, exchange, found)
  }

  end(exchange: Exchange): void {
    if (this.map.needsEnd) rejectOpenEnd('its end marker', exchange)
    // The data does not say that it is complete, only the transport does. A gRPC call that gets here ended with status OK.
    else if (!isGrpc(exchange)) exchange.warn('unverified_end')
  }

  private isMarker(data: string): boolean {
    if (this.map.endData !== undefined) return data.trim() === this.map.endData
    return !this.map.hasEnd && isDone(data)
  }

  private isLast(json: unknown): boolean {
    if (this.map.endPath !== undefined) return endsWith(readPath(this.map.endPath, json), this.map.endEquals)
    if (this.map.hasEnd) return false
    for (const key of DONE_KEYS) if (member(json, key) === true) return true
    return false
  }

  /** Reads one event of a stream that is valid JSON. */
  private piece(name: string, json: unknown, exchange: Exchange): void {
    if (name === 'error') {
      rejectForError(json, exchange)
      return
    }
    if (this.fails(json, exchange)) return
    this.annotate(json, exchange)
    const text = this.pieceText(json)
    if (text !== '') exchange.unit('text', text)
    const calls = this.toolCalls(json)
    if (calls !== '') exchange.unit('tool', calls)
  }

  /** Returns the text that one event adds. An event with the whole text adds it only if no pieces came before, because it repeats them. */
  private pieceText(json: unknown): string {
    const { delta, text } = this.map
    if (delta === undefined && text === undefined) return guessDelta(json) ?? ''
    const piece = delta === undefined ? '' : toText(readPath(delta, json))
    if (piece !== '') this.hasPieces = true
    return piece !== '' || text === undefined || this.hasPieces ? piece : toText(readPath(text, json))
  }

  /** Reads an event that is not JSON: it is a piece of the text, or an error if the mapping has paths into JSON. */
  private bare(data: string, reason: string, exchange: Exchange): void {
    const mapped = this.map.delta ?? this.map.text
    if (data.trim() === '') exchange.warnOnce('empty_event')
    else if (mapped !== undefined) exchange.reject('bad_json', `an event is not JSON: ${reason}: ${sample(data)}`)
    else exchange.unit('text', data)
  }

  private fails(json: unknown, exchange: Exchange): boolean {
    const said = readPath(this.map.error, json)
    if (!hasError(said)) {
      const object = this.map.namesError ? undefined : asObject(json)
      if (object === undefined || !statesFailure(object)) return false
      rejectForError(object, exchange)
      return true
    }
    rejectForError(readProviderError({ error: said }) === undefined ? json : { error: said }, exchange)
    return true
  }

  /** Reads reasoning, finish reason, conversation id and token counts from a reply or event, and records them on the exchange. */
  private annotate(json: unknown, exchange: Exchange): void {
    const { reasoning, finish, usage, conversationId } = this.map
    const thought = reasoning === undefined ? '' : toText(readPath(reasoning, json))
    if (thought !== '') {
      this.reasoningSeen = true
      exchange.unit('reasoning', thought)
    }
    const reason = finish === undefined ? '' : toText(readPath(finish, json))
    if (reason !== '') noteFinish(reason, asObject(json) ?? {}, exchange)
    if (conversationId !== undefined) noteConversationId(exchange, readPath(conversationId, json))
    const context = { reasoningSeen: this.reasoningSeen }
    const counts = usage === undefined ? normaliseUsage(member(json, 'usage'), context) : mappedUsage(usage, json, context)
    if (counts === undefined) return
    exchange.note({ usage: counts })
    const object = asObject(json)
    if (object !== undefined) noteServerTimes(object, exchange)
  }

  private isWholeText(data: string): boolean {
    const { text, delta } = this.map
    if (text === undefined || delta === undefined) return false
    const parsed = parseJson(data)
    return parsed.ok && toText(readPath(delta, parsed.value)) === '' && toText(readPath(text, parsed.value)) !== ''
  }

  private hasContent(json: unknown): boolean {
    return this.wholeText(json) !== undefined || this.toolCalls(json) !== ''
  }

  /** Returns the tool calls in a reply or event as text; '' for none. Many APIs send an empty list with each reply. */
  private toolCalls(json: unknown): string {
    const { toolCalls } = this.map
    const found = toolCalls === undefined ? undefined : readPath(toolCalls, json)
    return Array.isArray(found) && found.length === 0 ? '' : toText(found)
  }

  private wholeText(json: unknown): string | undefined {
    const { text, delta } = this.map
    if (text === undefined && delta === undefined) return guessText(json, TEXT_KEYS)
    return textAt(text, json) ?? textAt(delta, json)
  }

  private guess(json: unknown, exchange: Exchange): void {
    exchange.warn('text_not_found')
    this.text(toText(json), exchange)
  }

  private text(text: string, exchange: Exchange): void {
    const stripped = this.map.transform(text)
    if (stripped !== '') exchange.unit('text', stripped)
  }
}

function textAt(path: ReplyPath | undefined, json: unknown): string | undefined {
  const value = path === undefined ? undefined : readPath(path, json)
  return value === undefined || value === null ? undefined : toText(value)
}

function guessDelta(json: unknown): string | undefined {
  return guessText(json, DELTA_KEYS) ?? guessText(json, TEXT_KEYS)
}

/**
 * Returns the value of the first of `keys` that holds a text, or an object with a text under `content` or `text`. If the JSON value is itself a text,
 * returns it.
 */
function guessText(json: unknown, keys: readonly string[]): string | undefined {
  if (typeof json === 'string') return json
  for (const key of keys) {
    const value = member(json, key)
    if (typeof value === 'string') return value
    const inner = asObject(value)
    if (typeof inner?.content === 'string') return inner.content
    if (typeof inner?.text === 'string') return inner.text
  }
  return undefined
}
