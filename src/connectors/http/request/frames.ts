import type { TargetAddress } from '../../wire/connector.ts'
import type { HttpRequest, SharedHead } from '../transport.ts'
import type { HttpFields, HttpRequestFields, HttpStep, Scalars } from './options.ts'

/** The largest number of prepared heads that are kept for one address. With more, as with paths from templates, the oldest are dropped. */
const MAX_FRAMES = 64

/** The parts of an HTTP request that decide its head: method, address and headers. Requests with the same parts share one prepared head. */
export interface RequestParts {
  readonly method: string
  readonly path: string | undefined
  readonly url?: string | undefined
  readonly query: HttpRequestFields
  readonly headers: Scalars
  /** The `accept` header, unless the scenario sets one. */
  readonly accept: string
  /** The content type of the body; undefined without a body. */
  readonly type: string | undefined
  /** True when a header must not replace the content type, because it holds the boundary of a multipart form. */
  readonly fixedType: boolean
}

/** The prepared head of all HTTP requests with the same method, address and headers: the URL is parsed and the headers are checked only once. */
export interface RequestFrame {
  readonly options: HttpFields
  readonly parts: RequestParts
  /** The URL and headers, without the cookies of the user. */
  readonly head: SharedHead
  /** True when the request goes to the origin of the target, which alone gets its credentials. */
  readonly isOwn: boolean
  readonly problem: string | undefined
  /**
   * The last step with this head, and the request made for it. A step without templates is the same object each time, so its request is used again.
   */
  step: HttpStep | undefined
  request: HttpRequest | undefined
}

const ofAddress = new WeakMap<TargetAddress, RequestFrame[]>()

/**
 * Returns the prepared head (method, address, headers) that was stored when this HTTP request step was first sent; undefined when there is none. A
 * step with templates never has one, because rendering makes a new step object for each request.
 */
export function frameOfStep(step: HttpStep, address: TargetAddress, options: HttpFields): RequestFrame | undefined {
  const frames = ofAddress.get(address)
  if (frames) for (const frame of frames) if (frame.step === step && frame.options === options) return frame
  return undefined
}

/** Returns the prepared head of an HTTP request for these parts (method, address, headers). If there is none yet, it calls `make`. */
export function frameFor(
  address: TargetAddress,
  options: HttpFields,
  parts: RequestParts,
  make: (address: TargetAddress, options: HttpFields, parts: RequestParts) => RequestFrame,
): RequestFrame {
  const frames = ofAddress.get(address) ?? []
  for (const frame of frames) if (frame.options === options && areSame(frame.parts, parts)) return frame
  const frame = make(address, options, parts)
  if (frames.length === 0) ofAddress.set(address, frames)
  if (frames.length === MAX_FRAMES) frames.shift()
  frames.push(frame)
  return frame
}

function areSame(a: RequestParts, b: RequestParts): boolean {
  return (
    a.path === b.path &&
    a.headers === b.headers &&
    a.query === b.query &&
    a.method === b.method &&
    a.type === b.type &&
    a.url === b.url &&
    a.accept === b.accept &&
    a.fixedType === b.fixedType
  )
}
