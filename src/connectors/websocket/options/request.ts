/** From a message or a `request:` step to the frame on the wire, and what its reply is. */
import { JsonPathError } from '../../../language/jsonpath/jsonpath.ts'
import type { TargetAddress } from '../../wire/connector.ts'
import { withId } from './correlation.ts'
import type { WebSocketOptions, WebSocketStep } from './options.ts'
import { compilePredicate, type Predicate, type PredicateBlock } from './predicate.ts'

/** What completes the reply to a frame. `reader`: whoever reads it knows. */
export type WantedReply =
  | { readonly kind: 'reader' | 'none' }
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'until'; readonly ends: Predicate }

/** A frame's content. An object stays one until it is sent: an id may have to go into it. */
type Content = { readonly bytes: Buffer } | { readonly object: Readonly<Record<string, unknown>> }

/** One frame, ready but for its id. */
export interface WebSocketRequest {
  readonly content: Content
  readonly binary: boolean
  readonly wanted: WantedReply
  /** Where to connect to when there is no connection any more. */
  readonly address: TargetAddress
  /** Why it cannot be sent. */
  readonly problem: string | undefined
  /** No frame at all: end the connection, with a closing handshake or without. */
  readonly leave?: 'clean' | 'abrupt'
  /** It carries no id, though others do. */
  readonly uncorrelated?: boolean
}

/** The frame of a `message` step: text is sent as it is, anything else as JSON. */
export function messageRequest(body: unknown, address: TargetAddress, options: WebSocketOptions): WebSocketRequest {
  const wanted: WantedReply = { kind: options.reply?.match === 'none' ? 'none' : 'reader' }
  return assemble(contentOf(body, typeof body === 'string', options), options.binary, wanted, address)
}

/** The frame of a `request:` step. */
export function stepRequest(step: WebSocketStep, address: TargetAddress, options: WebSocketOptions): WebSocketRequest {
  if ('disconnect' in step) return { ...assemble(NOTHING, false, { kind: 'none' }, address), leave: step.disconnect }
  const wanted = wantedOf(step, options)
  if (step.binary !== undefined) return assemble(rawContent(Buffer.from(step.binary, 'base64'), options), true, wanted, address)
  if (step.json !== undefined && step.correlate === false)
    return { ...assemble({ bytes: jsonBytes(step.json) }, options.binary, wanted, address), uncorrelated: true }
  const content = step.text === undefined ? contentOf(step.json, false, options) : contentOf(step.text, true, options)
  return assemble(content, step.text === undefined && options.binary, wanted, address)
}

function assemble(
  content: Content | string,
  binary: boolean,
  wanted: WantedReply | string,
  address: TargetAddress,
): WebSocketRequest {
  const problem = typeof content === 'string' ? content : typeof wanted === 'string' ? wanted : undefined
  return {
    content: typeof content === 'string' ? NOTHING : content,
    binary,
    wanted: typeof wanted === 'string' ? { kind: 'none' } : wanted,
    address,
    problem,
  }
}

const NOTHING: Content = { bytes: Buffer.alloc(0) }
const NO_PLACE_FOR_ID = 'a frame that is no JSON object cannot carry the id that reply.match wants'

/** A string result says why there is none. */
function contentOf(value: unknown, isText: boolean, options: WebSocketOptions): Content | string {
  if (isText) return rawContent(Buffer.from(String(value)), options)
  if (value === undefined) return 'the frame has no content'
  if (!correlates(options)) return { bytes: jsonBytes(value) }
  // an object and no array was just made sure of
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { object: value as Record<string, unknown> }
  return NO_PLACE_FOR_ID
}

function rawContent(bytes: Buffer, options: WebSocketOptions): Content | string {
  return correlates(options) ? NO_PLACE_FOR_ID : { bytes }
}

function wantedOf(
  { await: awaited }: Exclude<WebSocketStep, { disconnect: unknown }>,
  { reply }: WebSocketOptions,
): WantedReply | string {
  if (awaited === undefined && reply?.until) return until(reply.until)
  if (awaited === undefined) return reply?.match === 'none' ? { kind: 'none' } : ONE
  if (awaited === 'one') return ONE
  if (awaited === 'none') return { kind: 'none' }
  return 'count' in awaited ? { kind: 'count', count: awaited.count } : until(awaited.until)
}

const ONE: WantedReply = { kind: 'count', count: 1 }
const known = new WeakMap<PredicateBlock, WantedReply>()

function until(block: PredicateBlock): WantedReply | string {
  try {
    const wanted = known.get(block) ?? { kind: 'until', ends: compilePredicate(block) }
    known.set(block, wanted)
    return wanted
  } catch (error) {
    if (error instanceof JsonPathError) return `until: ${error.message}`
    throw error
  }
}

function correlates({ reply }: WebSocketOptions): boolean {
  return typeof reply?.match === 'object'
}

/** The bytes of a frame; `id` goes into one that is to carry it, at the path of names `at`. Returns the id that it really carries. */
export function encode(content: Content, at: readonly string[], id: string): { bytes: Buffer; id: string } {
  if ('bytes' in content) return { bytes: content.bytes, id }
  const marked = withId(content.object, at, id)
  return { bytes: jsonBytes(marked.object), id: marked.id }
}

/** A value as the bytes of its JSON; a string is sent as it is. */
export function frameBytes(value: unknown): Buffer {
  return typeof value === 'string' ? Buffer.from(value) : jsonBytes(value)
}

function jsonBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}
