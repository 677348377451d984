import { toText } from '../../../language/helpers/arguments.ts'
import { JsonPathError } from '../../../language/jsonpath/jsonpath.ts'
import type { TargetAddress } from '../../wire/connector.ts'
import { withId } from './correlation.ts'
import type { WebSocketOptions, WebSocketStep } from './options.ts'
import { compilePredicate, type Predicate, type PredicateBlock } from './predicate.ts'

/**
 * The rule that says when the reply to a WebSocket message is complete: after a number of messages (`count`), at a message that meets a condition
 * (`until`), or when the API format says so (`reader`). With `none`, no reply is awaited.
 */
export type ReplyCompletion =
  | { readonly kind: 'reader' | 'none' }
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'until'; readonly ends: Predicate }

type MessageObject = Readonly<Record<string, unknown>>

/**
 * The content of a frame. An object becomes JSON only when it is sent, because an id may be added to it. `before` is the object before an injected
 * fault changed it: if the fault removed an id, no other id is added.
 */
type SocketContent = { readonly bytes: Buffer } | { readonly object: MessageObject; readonly before?: MessageObject }

/**
 * What one step does over a WebSocket: it sends a message, or closes the connection. For a message, the request has the rule that says when its reply
 * is complete. An id that the message needs is added only when it is sent.
 */
export interface WebSocketRequest {
  readonly content: SocketContent
  readonly binary: boolean
  readonly completion: ReplyCompletion
  /** The address to connect to when the connection is not open. */
  readonly address: TargetAddress
  /** Why the frame cannot be sent; undefined when it can. */
  readonly problem: string | undefined
  /** Set for a step that sends no frame but closes the connection, with a closing handshake or without. */
  readonly leave?: 'clean' | 'abrupt'
  /** True when this frame is sent without an id, although the option `reply.match` asks for ids. */
  readonly uncorrelated?: boolean
  /** Changes the bytes of the frame when it is sent, for an injected fault; undefined: they stay as they are. */
  readonly alter?: (payload: Uint8Array) => Buffer | undefined
}

/** Returns the WebSocket message for a `message` step: a text is sent as it is, any other value as JSON. */
export function messageRequest(body: unknown, address: TargetAddress, options: WebSocketOptions): WebSocketRequest {
  const completion: ReplyCompletion = { kind: options.reply?.match === 'none' ? 'none' : 'reader' }
  return assemble(contentOf(body, typeof body === 'string', options), options.binary, completion, address)
}

/** The number of requests that are remembered for each target. */
const REMEMBERED = 8

/** The latest requests of a target, by the step from which they were made. A step without templates is the same object each time. */
interface MadeRequests {
  readonly steps: WebSocketStep[]
  readonly requests: WebSocketRequest[]
  next: number
}

const made = new WeakMap<WebSocketOptions, MadeRequests>()

/** Returns the request that the `request:` block of a step describes: to send a WebSocket message, or to close the connection. */
export function stepRequest(step: WebSocketStep, address: TargetAddress, options: WebSocketOptions): WebSocketRequest {
  const latest = made.get(options) ?? { steps: [], requests: [], next: 0 }
  if (latest.steps.length === 0) made.set(options, latest)
  const known = latest.requests[latest.steps.indexOf(step)]
  if (known) return known.address === address ? known : { ...known, address }
  const request = newRequest(step, address, options)
  latest.steps[latest.next] = step
  latest.requests[latest.next] = request
  latest.next = (latest.next + 1) % REMEMBERED
  return request
}

function newRequest(step: WebSocketStep, address: TargetAddress, options: WebSocketOptions): WebSocketRequest {
  if ('disconnect' in step) return { ...assemble(NOTHING, false, { kind: 'none' }, address), leave: step.disconnect }
  const completion = completionOf(step, options)
  if (step.binary !== undefined)
    return assemble(rawContent(Buffer.from(toText(step.binary), 'base64'), options), true, completion, address)
  if (step.json !== undefined && step.correlate === false)
    return { ...assemble({ bytes: jsonBytes(step.json) }, options.binary, completion, address), uncorrelated: true }
  const content = step.text === undefined ? contentOf(step.json, false, options) : contentOf(step.text, true, options)
  return assemble(content, step.text === undefined && options.binary, completion, address)
}

function assemble(
  content: SocketContent | string,
  binary: boolean,
  completion: ReplyCompletion | string,
  address: TargetAddress,
): WebSocketRequest {
  const problem = typeof content === 'string' ? content : typeof completion === 'string' ? completion : undefined
  return {
    content: typeof content === 'string' ? NOTHING : content,
    binary,
    completion: typeof completion === 'string' ? { kind: 'none' } : completion,
    address,
    problem,
  }
}

const NOTHING: SocketContent = { bytes: Buffer.alloc(0) }
const NO_PLACE_FOR_ID = 'only a frame with a JSON object can carry the id that reply.match asks for'

/** Returns the content of a frame, or a message that says why it has none. */
function contentOf(value: unknown, isText: boolean, options: WebSocketOptions): SocketContent | string {
  if (isText) return rawContent(Buffer.from(toText(value)), options)
  if (value === undefined) return 'the frame has no content'
  if (!correlates(options)) return { bytes: jsonBytes(value) }
  // the check above leaves a plain object
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { object: value as Record<string, unknown> }
  return NO_PLACE_FOR_ID
}

function rawContent(bytes: Buffer, options: WebSocketOptions): SocketContent | string {
  return correlates(options) ? NO_PLACE_FOR_ID : { bytes }
}

function completionOf(
  { await: awaited }: Exclude<WebSocketStep, { disconnect: unknown }>,
  { reply }: WebSocketOptions,
): ReplyCompletion | string {
  if (awaited === undefined && reply?.until) return until(reply.until)
  if (awaited === undefined) return reply?.match === 'none' ? { kind: 'none' } : ONE
  if (awaited === 'one') return ONE
  if (awaited === 'none') return { kind: 'none' }
  return 'count' in awaited ? { kind: 'count', count: awaited.count } : until(awaited.until)
}

const ONE: ReplyCompletion = { kind: 'count', count: 1 }
const known = new WeakMap<PredicateBlock, ReplyCompletion>()

function until(block: PredicateBlock): ReplyCompletion | string {
  try {
    const completion = known.get(block) ?? { kind: 'until', ends: compilePredicate(block) }
    known.set(block, completion)
    return completion
  } catch (error) {
    if (error instanceof JsonPathError) return `until: ${error.message}`
    throw error
  }
}

function correlates({ reply }: WebSocketOptions): boolean {
  return typeof reply?.match === 'object'
}

/**
 * Returns the bytes of a WebSocket message to send, and the message's id. The id of a JSON object is the value at the path `at`; if there is none, an
 * id from `newId` is added there. The id is undefined for texts and bytes. It is also undefined for an object whose id was removed by the injected
 * fault `drift`, because a new id would undo the fault.
 */
export function encode(
  content: SocketContent,
  at: readonly string[],
  newId: () => string,
): { bytes: Buffer; id: string | undefined } {
  if ('bytes' in content) return { bytes: content.bytes, id: undefined }
  const { object, before } = content
  if (before && withId(before, at, '').id !== '' && withId(object, at, '').id === '')
    return { bytes: jsonBytes(object), id: undefined }
  const marked = withId(object, at, newId())
  return { bytes: jsonBytes(marked.object), id: marked.id }
}

/** Encodes the content of a WebSocket message: a text as it is, any other value as JSON. */
export function frameBytes(value: unknown): Buffer {
  return typeof value === 'string' ? Buffer.from(value) : jsonBytes(value)
}

function jsonBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}
