/** Plans one gRPC call to the mock: its number, settings, fault and record. */
import { Metadata, type StatusObject, status } from '@grpc/grpc-js'
import { UsageError } from '../../errors.ts'
import { type MockFault, planFault } from '../persona/faults.ts'
import { monotonicMs, Pacer } from '../persona/pace.ts'
import { type MockSettings, resolveSettings, withExtra } from '../persona/settings.ts'
import type { MockState } from '../state/state.ts'

/** A gRPC call to the mock, reduced to the members of the library grpc-js that unary and streaming calls have in common. */
export interface AnyCall {
  readonly metadata: Metadata
  getPath(): string
  getPeer(): string
  on(event: 'cancelled', listener: () => void): unknown
}

/** The gRPC status (code and message) with which a call to the mock fails. */
export type CallError = Pick<StatusObject, 'code' | 'details'> & { readonly metadata?: Metadata }

/** A gRPC call to the mock, and the plan for answering it: settings, fault, due times of the reply, and functions that log what is sent. */
export type PlannedCall = Readonly<ReturnType<typeof planCall>>

/** The gRPC status code for each HTTP status code that the mock's settings may contain. */
const STATUSES: Readonly<Record<number, number>> = {
  400: status.INVALID_ARGUMENT,
  401: status.UNAUTHENTICATED,
  403: status.PERMISSION_DENIED,
  404: status.NOT_FOUND,
  409: status.ABORTED,
  429: status.RESOURCE_EXHAUSTED,
  500: status.INTERNAL,
  501: status.UNIMPLEMENTED,
  503: status.UNAVAILABLE,
  504: status.DEADLINE_EXCEEDED,
}

/**
 * Plans the mock's answer to a gRPC call: the settings, the fault, and when the reply is due. `route` is the name of the call in the mock's
 * statistics.
 */
export function planCall(state: MockState, call: AnyCall, route: string, body: unknown) {
  const { record } = state
  const headers = flatten(call.metadata)
  const entry = record.begin({ method: 'GRPC', path: call.getPath(), query: '', headers, route })
  const receivedAt = monotonicMs()
  record.received(entry, JSON.stringify(body), receivedAt)
  const settings = settingsFor(state, headers['x-mock'])
  const fault = planFault(settings.found, entry.k)
  record.planned(entry, settings.error ? 'rejected' : fault.outcome)
  const pacer = new Pacer()
  const startMs = receivedAt + settings.found.slowHeadersMs
  let over = false
  const end = (clientLeft: boolean) => {
    if (over) return
    over = true
    pacer.stop()
    record.end(entry, monotonicMs(), clientLeft)
  }
  call.on('cancelled', () => end(true))
  return {
    settings: settings.found,
    fault,
    entry,
    pacer,
    /** The moment from which all due times count, in ms of the monotonic clock. */
    startMs,
    /** The error to answer with, for a bad request or a planned fault; undefined for none. */
    error: settings.error ?? errorOf(fault),
    /** Waits until `dueMs` ms after the start. Resolves with true then, or with false as soon as the client disconnects. */
    until: (dueMs: number) => pacer.until(startMs + dueMs),
    /** Records that a message was written. */
    wrote: () => record.frame(entry, monotonicMs()),
    /** Records that the call has ended with the gRPC status `code`. */
    ended(code: number) {
      entry.status = code
      end(false)
    },
  }
}

/** The gRPC status with which the mock ends a call early, when the fault `midstream_error` was chosen for the call. */
export const BROKEN: CallError = { code: status.INTERNAL, details: 'planned midstream_error' }

function errorOf(fault: MockFault): CallError | undefined {
  if (!('status' in fault)) return undefined
  const metadata = new Metadata()
  if (fault.outcome === 'rate_limited') metadata.set('retry-after', String(fault.retryAfterSeconds))
  return { code: STATUSES[fault.status] ?? status.UNKNOWN, details: `planned ${fault.outcome}`, metadata }
}

/** Returns the settings of a call: those of the server, overridden by the call's `x-mock` metadata; or `error` when that metadata is invalid. */
function settingsFor(state: MockState, own: string | undefined): { found: MockSettings; error?: CallError } {
  if (own === undefined) return { found: state.settings }
  try {
    const extra: unknown = JSON.parse(own)
    if (typeof extra !== 'object' || extra === null)
      throw new UsageError(`mock settings of a call must be a JSON object, not ${own}`)
    return { found: resolveSettings(withExtra(state.overrides, extra)) }
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof SyntaxError)) throw error
    return { found: state.settings, error: { code: status.INVALID_ARGUMENT, details: error.message } }
  }
}

function flatten(metadata: Metadata): Record<string, string> {
  return Object.fromEntries(Object.keys(metadata.getMap()).map((name) => [name, metadata.get(name).map(String).join(', ')]))
}
