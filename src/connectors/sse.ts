/** Server-sent events: as the reply to each request, or on a stream that is kept open beside the requests. */
import { type Connection, defineConnector, type OpenContext, type TargetAddress } from './connector.ts'
import { messageRequest, stepRequest } from './http/request.ts'
import type { HttpRequest } from './http/transport.ts'
import { loadTransport, openHttp } from './http.ts'
import { type SseOptions, type SseStep, sseOptions, sseStep } from './sse/options.ts'
import type { SubscriptionRequest } from './sse/subscription.ts'

type SseRequest = HttpRequest | SubscriptionRequest

let drawn = 0

/** The SSE connector. In mode post-stream a 2xx reply of another content type fails as `bad_sse`. */
export const sse = defineConnector({
  protocol: 'sse',
  schemes: [],
  options: sseOptions,
  request: sseStep,
  fromMessage: (body: unknown, address: TargetAddress, options: SseOptions): SseRequest => {
    if (options.mode === 'post-stream') return asking(messageRequest(body, address, options), address.headers)
    const key = options.subscribe?.correlate ? `burn-${process.pid}-${drawn++}` : undefined
    const marked = key === undefined ? body : withMember(body, options.subscribe?.correlate?.send ?? '', key)
    return { post: messageRequest(marked, address, options), key, count: undefined, end: options.subscribe?.end }
  },
  fromStep: (step: SseStep, address: TargetAddress, options: SseOptions): SseRequest => {
    const { await: waitFor, ...http } = step
    if (options.mode === 'post-stream')
      return asking(stepRequest(http, address, options), { ...address.headers, ...step.headers })
    const sends = Object.keys(http).length > 0
    const count = waitFor?.end ? undefined : (waitFor?.count ?? 1)
    return { post: sends ? stepRequest(http, address, options) : undefined, key: undefined, count, end: waitFor?.end }
  },
  prepare: loadTransport,
  open: async (options: SseOptions, context: OpenContext): Promise<Connection<SseRequest>> => {
    // Requests and connections are of the same mode, which the target fixes.
    if (options.mode === 'post-stream') return (await openHttp(options, context, true)) as Connection<SseRequest>
    return (await openSubscription(options, context)) as Connection<SseRequest>
  },
})

async function openSubscription(options: SseOptions, context: OpenContext): Promise<Connection<SubscriptionRequest>> {
  const { Subscription } = await import('./sse/subscription.ts')
  const requests = await openHttp(options, context, false)
  const subscribe = options.subscribe ?? { events: ['message'], maxReconnects: 5 }
  const { url } = stepRequest({ ...(subscribe.path === undefined ? {} : { path: subscribe.path }) }, context.address, options)
  return Subscription.open(url, subscribe, requests, context)
}

/** A copy of a body with `value` at `$.a.b`. */
function withMember(body: unknown, path: string, value: string): unknown {
  const [name = '', ...rest] = path.replace(/^\$\./, '').split('.')
  const owner = typeof body === 'object' && body !== null ? { ...body } : {}
  const inner = Object.hasOwn(owner, name) ? (owner as Record<string, unknown>)[name] : undefined
  return { ...owner, [name]: rest.length === 0 ? value : withMember(inner, rest.join('.'), value) }
}

/** Asks for nothing but an event stream, unless the scenario sets `accept` itself. */
function asking(request: HttpRequest, given: Readonly<Record<string, unknown>>): HttpRequest {
  if (Object.keys(given).some((name) => name.toLowerCase() === 'accept')) return request
  return { ...request, headers: { ...request.headers, accept: 'text/event-stream' } }
}
