/** What the mock saw: counts, and the last requests with the moments of all that was sent for them. */
import type { MockOutcome } from '../persona/faults.ts'

/** Kept requests; the oldest goes first. */
const KEPT = 1000
/** Kept part of each body, in characters. */
const KEPT_BODY = 16 * 1024
/** Kept frame times of each request. */
const KEPT_FRAMES = 10_000

/** One request that arrived. Moments are ms of CLOCK_MONOTONIC; null until they happen. */
export interface MockRequest {
  /** Number in order of arrival, from 0. */
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
  /** When the request was complete, its body included. */
  receivedAt: number | null
  firstTokenAt: number | null
  /** One moment for each frame written; one for a whole body. */
  framesAt: number[]
  endedAt: number | null
  /** The client closed the connection before the reply was complete. */
  clientLeft: boolean
}

/** Counts of requests since the start or the last reset. `/__mock/…` is in none of them. */
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

/** Collects counts and the last requests, for any protocol. */
export class MockRecorder {
  private requests = 0
  private ended = 0
  private clientsLeft = 0
  private readonly byRoute = new Map<string, number>()
  private readonly byOutcome = { ...NO_OUTCOMES }
  private readonly ring: MockRequest[] = []

  /** A request has arrived; its number is the count of those before it. */
  begin(arrival: Arrival): MockRequest {
    const entry: MockRequest = { ...arrival, ...UNTOUCHED, framesAt: [], k: this.requests }
    this.ring[this.requests % KEPT] = entry
    this.requests += 1
    this.byRoute.set(arrival.route, (this.byRoute.get(arrival.route) ?? 0) + 1)
    return entry
  }

  /** The request is complete. */
  received(entry: MockRequest, body: string, at: number): void {
    entry.body = body.slice(0, KEPT_BODY)
    entry.bodyBytes = Buffer.byteLength(body)
    entry.receivedAt = at
  }

  /** What is planned for it; counted once. */
  planned(entry: MockRequest, outcome: MockOutcome): void {
    entry.outcome = outcome
    this.byOutcome[outcome] += 1
  }

  /** Something was written for it. */
  frame(entry: MockRequest, at: number): void {
    if (entry.framesAt.length < KEPT_FRAMES) entry.framesAt.push(at)
  }

  /** Nothing more will be written for it. */
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

  /** The last requests, oldest first; at most 1000. */
  last(count = KEPT): MockRequest[] {
    const from = Math.max(0, this.requests - Math.min(count, KEPT))
    return Array.from({ length: this.requests - from }, (_, i) => this.ring[(from + i) % KEPT]).filter(
      (entry) => entry !== undefined,
    )
  }
}
