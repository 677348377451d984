import { poolSockets, unchosenPool } from './http/request/options.ts'
import { flagRequest, headerProblem, messageRequest, stepRequest } from './http/request/request.ts'
import type { HttpRequest } from './http/transport.ts'
import { keepsOwn, loadClient, openHttp, proxyOf, proxyPassword } from './http.ts'
import { withMember } from './sse/members.ts'
import { type SseOptions, type SseStep, sseOptions, sseStep } from './sse/options.ts'
import { type SseRequest, ssePayload } from './sse/payload.ts'
import type { SubscriptionRequest } from './sse/request.ts'
import { type Connection, defineConnector, endWith, type OpenContext, type TargetAddress } from './wire/connector.ts'

/** The `accept` header of requests whose reply should be an event stream. */
const EVENT_STREAM = 'text/event-stream'

let drawn = 0

/** The connector for server-sent events: each request has its own event stream (mode post-stream), or one stays open for all (mode subscribe). */
export const sse = defineConnector({
  protocol: 'sse',
  signs: true,
  localAddresses: true,
  schemes: {},
  over: ['http:', 'https:'],
  lasting: true,
  options: sseOptions,
  request: sseStep,
  fromMessage: (body: unknown, address: TargetAddress, options: SseOptions): SseRequest => {
    if (options.mode === 'post-stream') return messageRequest(body, address, options, EVENT_STREAM)
    const key = options.subscribe?.correlate ? `burn-${process.pid}-${drawn++}` : undefined
    const marked = key === undefined ? body : withMember(body, options.subscribe?.correlate?.send ?? '', key)
    const post = messageRequest(marked, address, options)
    return { stream: streamOf(address, options), post, key, count: undefined, end: options.subscribe?.end }
  },
  fromStep: (step: SseStep, address: TargetAddress, options: SseOptions): SseRequest => {
    const { await: waitFor, ...http } = step
    if (options.mode === 'post-stream') return stepRequest(http, address, options, EVENT_STREAM)
    const sends = Object.keys(http).length > 0
    const count = waitFor?.end ? undefined : (waitFor?.count ?? 1)
    const post = sends ? stepRequest(http, address, options) : undefined
    return { stream: streamOf(address, options), post, key: undefined, count, end: waitFor?.end }
  },
  takesJsonText: true,
  payload: ssePayload,
  headerProblem,
  methods: true,
  neverWhole: { message: 'protocol sse is a stream: there are no whole replies', hint: 'set protocol: http' },
  requestOf: flagRequest,
  // in mode subscribe each user keeps a stream open beside its requests
  sockets: (options: SseOptions, users: number) => poolSockets(options, users) + (options.mode === 'subscribe' ? users : 0),
  unchosenPool,
  proxy: (options: SseOptions, url) => proxyOf(options, url),
  secrets: (options: SseOptions) => proxyPassword(options),
  client: ({ client = 'burn' }: SseOptions) => client,
  prepare: (options: SseOptions) => loadClient(options),
  connectsAhead: (options: SseOptions) => options.mode === 'post-stream' && keepsOwn(options),
  open: async (options: SseOptions, context: OpenContext): Promise<Connection<SseRequest>> => {
    // The mode, which the target sets, gives requests and connections the same type.
    if (options.mode === 'post-stream') return (await openHttp(options, context, true)) as Connection<SseRequest>
    return (await openSubscription(options, context)) as Connection<SseRequest>
  },
})

async function openSubscription(options: SseOptions, context: OpenContext): Promise<Connection<SubscriptionRequest>> {
  const { Subscription } = await import('./sse/subscription.ts')
  const { address, events, signal, userId, seed } = context
  const subscribe = options.subscribe ?? { events: ['message'], maxReconnects: 5 }
  // the stream has a socket of its own, which no later stream reuses
  const alone: SseOptions = { ...options, connection: 'new', maxConnections: undefined }
  const subscription = new Subscription(streamOf(address, options)(), {
    subscribe,
    requests: await openHttp(options, context, false),
    open: (own) => openHttp(alone, { ...context, ...own }, true),
    events,
    maxReconnects: subscribe.maxReconnects,
    userId,
    seed,
  })
  endWith(signal, () => subscription.abort())
  await subscription.open()
  return subscription
}

/** Returns a function that makes the request which opens the event stream, to be called when the stream is needed. */
function streamOf(address: TargetAddress, options: SseOptions): () => HttpRequest {
  const path = options.subscribe?.path
  return () => {
    const request = stepRequest(path === undefined ? {} : { path }, address, options, EVENT_STREAM)
    return { ...request, headers: { 'cache-control': 'no-cache', ...request.headers } }
  }
}
