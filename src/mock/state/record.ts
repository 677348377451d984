/** Records what the mock receives and sends: counts, and details of the last requests with the times of their frames. */
import type { MockOutcome } from '../persona/faults.ts'

/** The largest number of requests kept; the oldest is dropped first. */
const KEPT = 1000
/** The largest number of characters of a request body that are kept. */
const KEPT_BODY = 16 * 1024
/** The largest number of frame times kept per request. */
const KEPT_FRAMES = 10_000

/**
 * The entry for one request in the mock's log. Times are in ms on the monotonic clock; null for events that have not happened yet. Of the body, only
 * the first 16,384 characters are stored, and of the frames only the first 10,000 times.
 */
export interface MockRequest {
  /** Number of the request in order of arrival, from 0. */
  readonly k: number
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly route: string
  body: string
  bodyBytes: number
  outcome: MockOutcome | null
  status: number | null
  /** When the request and its body had been received completely. */
  receivedAt: number | null
  firstTokenAt: number | null
  /** When each frame of the reply was written; one moment for a reply that is not a stream. */
  framesAt: number[]
  endedAt: number | null
  /** True when the client disconnected before the reply was complete. */
  clientLeft: boolean
}

/** How many requests the mock has received since its start or last reset, by route and outcome. Control requests (`/__mock/…`) do not count. */
export interface RequestStats {
  readonly requests: number
  readonly inFlight: number
  readonly clientsLeft: number
  readonly byRoute: Readonly<Record<string, number>>
  readonly byOutcome: Readonly<Record<MockOutcome, number>>
}

type Arrival = Pick<MockRequest, 'method' | 'path' | 'query' | 'headers' | 'route'>

const UNTOUCHED = {
  body: '',
  bodyBytes: 0,
  outcome: null,
  status: null,
  receivedAt: null,
  firstTokenAt: null,
  endedAt: null,
  clientLeft: false,
} as const

const NO_OUTCOMES: Readonly<Record<MockOutcome, number>> = {
  ok: 0,
  error: 0,
  rate_limited: 0,
  timeout: 0,
  midstream_error: 0,
  truncated: 0,
  reset: 0,
  stalled: 0,
  empty: 0,
  rejected: 0,
}

/** Records the requests to a mock over all protocols: counts them, and stores the details of the latest ones. */
export class MockRecorder {
  private requests = 0
  private ended = 0
  private clientsLeft = 0
  private readonly byRoute = new Map<string, number>()
  private readonly byOutcome = { ...NO_OUTCOMES }
  private readonly ring: MockRequest[] = []

  /** Records the arrival of a request and returns its record, whose number is the count of earlier requests. */
  begin(arrival: Arrival): MockRequest {
    const entry: MockRequest = { ...arrival, ...UNTOUCHED, framesAt: [], k: this.requests }
    this.ring[this.requests % KEPT] = entry
    this.requests += 1
    this.byRoute.set(arrival.route, (this.byRoute.get(arrival.route) ?? 0) + 1)
    return entry
  }

  /** Records that a request has arrived completely, at `at` in ms of the monotonic clock. */
  received(entry: MockRequest, body: string, at: number): void {
    entry.body = body.slice(0, KEPT_BODY)
    entry.bodyBytes = Buffer.byteLength(body)
    entry.receivedAt = at
  }

  /** Records what the mock has planned for a request, such as `ok` or a fault. */
  planned(entry: MockRequest, outcome: MockOutcome): void {
    entry.outcome = outcome
    this.byOutcome[outcome] += 1
  }

  /** Records that a frame of the reply to a request was written, at `at` in ms of the monotonic clock. */
  frame(entry: MockRequest, at: number): void {
    if (entry.framesAt.length < KEPT_FRAMES) entry.framesAt.push(at)
  }

  /** Records that the reply to a request has ended; `clientLeft` says that the client has disconnected before. */
  end(entry: MockRequest, at: number, clientLeft: boolean): void {
    entry.endedAt = at
    entry.clientLeft = clientLeft
    this.ended += 1
    if (clientLeft) this.clientsLeft += 1
  }

  stats(): RequestStats {
    return {
      requests: this.requests,
      inFlight: this.requests - this.ended,
      clientsLeft: this.clientsLeft,
      byRoute: Object.fromEntries(this.byRoute),
      byOutcome: { ...this.byOutcome },
    }
  }

  /** Returns the last `count` requests, oldest first; at most 1,000. */
  last(count = KEPT): MockRequest[] {
    const from = Math.max(0, this.requests - Math.min(count, KEPT))
    return Array.from({ length: this.requests - from }, (_, i) => this.ring[(from + i) % KEPT]).filter(
      (entry) => entry !== undefined,
    )
  }
}
