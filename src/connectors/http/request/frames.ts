import type { TargetAddress } from '../../wire/connector.ts'
import type { HttpRequest, SharedHead } from '../transport.ts'
import type { HttpFields, HttpRequestFields, HttpStep, Scalars } from './options.ts'

/**
 * The largest number of prepared heads that are kept for one path of an address, and for the address of one user. With more, as with headers from
 * templates, the oldest are dropped.
 */
const MAX_FRAMES = 64
/** The largest number of prepared heads that are kept for an address that all users share, each of whom may have a path of its own. */
const MAX_SHARED_FRAMES = 4096

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
  /** The last step with this head. When the same object comes twice in a row, the step has no templates. */
  step: HttpStep | undefined
}

/** The request of a step without templates, which is the same each time, and what it was made for besides the step and the address. */
interface KeptRequest {
  readonly options: HttpFields
  readonly accept: string
  readonly request: HttpRequest
}

/** The prepared heads of one address. */
class AddressFrames {
  /** The requests of steps without templates. Steps with equal heads have bodies of their own, so they are kept by step, not by head. */
  readonly ofStep = new WeakMap<HttpStep, readonly KeptRequest[]>()
  /** The heads by the URL of the step, or else by its path. */
  private readonly byPath = new Map<string | undefined, RequestFrame[]>()
  private count = 0
  private readonly most: number

  constructor({ cookies }: TargetAddress) {
    this.most = cookies ? MAX_FRAMES : MAX_SHARED_FRAMES
  }

  find(options: HttpFields, parts: RequestParts): RequestFrame | undefined {
    return this.byPath.get(parts.url ?? parts.path)?.find((frame) => frame.options === options && areSame(frame.parts, parts))
  }

  add(frame: RequestFrame): void {
    if (this.count === this.most) {
      this.byPath.clear()
      this.count = 0
    }
    const path = frame.parts.url ?? frame.parts.path
    const ofPath = this.byPath.get(path) ?? []
    if (ofPath.length === 0) this.byPath.set(path, ofPath)
    if (ofPath.length === MAX_FRAMES) ofPath.shift()
    else this.count += 1
    ofPath.push(frame)
  }
}

const ofAddress = new WeakMap<TargetAddress, AddressFrames>()

/**
 * Returns the request that `keepRequest` has stored for an HTTP step, so that it need not be built again; undefined when there is none, as for steps
 * with templates.
 */
export function requestOfStep(
  step: HttpStep,
  address: TargetAddress,
  options: HttpFields,
  accept: string,
): HttpRequest | undefined {
  const kept = ofAddress.get(address)?.ofStep.get(step)
  if (kept) for (const one of kept) if (one.options === options && one.accept === accept) return one.request
  return undefined
}

/**
 * Stores the request that was built for an HTTP step, so that `requestOfStep` can return it for later attempts. Does so only when the request is the
 * same for every attempt and user: the step has no templates, and no cookies or signature are added.
 */
export function keepRequest(frame: RequestFrame, step: HttpStep, address: TargetAddress, request: HttpRequest): void {
  const isSame = frame.step === step
  frame.step = step
  if (!isSame || address.cookies || address.sign) return
  const { ofStep } = ofAddress.get(address) ?? {}
  ofStep?.set(step, [...(ofStep.get(step) ?? []), { options: frame.options, accept: frame.parts.accept, request }])
}

/**
 * Returns the prepared head of an HTTP request (the parsed URL and checked headers) for a method, address and headers. Calls `make` when there is
 * none yet.
 */
export function frameFor(
  address: TargetAddress,
  options: HttpFields,
  parts: RequestParts,
  make: (address: TargetAddress, options: HttpFields, parts: RequestParts) => RequestFrame,
): RequestFrame {
  const frames = ofAddress.get(address) ?? new AddressFrames(address)
  const known = frames.find(options, parts)
  if (known) return known
  ofAddress.set(address, frames)
  const frame = make(address, options, parts)
  frames.add(frame)
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
