import { httpPayload } from '../http/request/payload.ts'
import type { HttpRequest } from '../http/transport.ts'
import type { SubscriptionRequest } from './request.ts'

/**
 * The request of an SSE step. In mode post-stream, it is an HTTP request that is answered by an event stream of its own. In mode subscribe, it is a
 * request whose reply comes on the event stream that the user keeps open.
 */
export type SseRequest = HttpRequest | SubscriptionRequest

/**
 * The functions with which an injected fault changes the body of the HTTP request of an SSE step: `drifted` changes its JSON value, `altered` its
 * bytes. They return a changed copy of the request, or undefined when there is nothing to change.
 */
export const ssePayload = {
  drifted: (request: SseRequest, change: Parameters<typeof httpPayload.drifted>[1]) =>
    within(request, (http) => httpPayload.drifted(http, change)),
  altered: (request: SseRequest, change: Parameters<typeof httpPayload.altered>[1]) =>
    within(request, (http) => httpPayload.altered(http, change)),
}

function within(request: SseRequest, change: (request: HttpRequest) => HttpRequest | undefined): SseRequest | undefined {
  if (!('stream' in request)) return change(request)
  const post = request.post && change(request.post)
  return post && { ...request, post }
}
