/** Server-sent events as the reply to a request: HTTP whose answer must be an event stream. */
import * as z from 'zod'
import { defineConnector } from './connector.ts'
import { httpFields, httpStep } from './http/options.ts'
import { messageRequest, stepRequest } from './http/request.ts'
import type { HttpRequest } from './http/transport.ts'
import { openHttp } from './http.ts'

const sseOptions = z
  .strictObject({
    ...httpFields,
    mode: z
      .enum(['post-stream'])
      .default('post-stream')
      .describe('post-stream: each request is answered by an event stream of its own'),
  })
  .describe('Server-sent events over HTTP/1.1')

/** The SSE connector. A 2xx reply of another content type fails as `bad_sse`. */
export const sse = defineConnector({
  protocol: 'sse',
  schemes: [],
  options: sseOptions,
  request: httpStep,
  fromMessage: (body, address, options: z.infer<typeof sseOptions>) =>
    asking(messageRequest(body, address, options), address.headers),
  fromStep: (step: z.infer<typeof httpStep>, address, options) =>
    asking(stepRequest(step, address, options), { ...address.headers, ...step.headers }),
  open: (options, context) => openHttp(options, context, true),
})

/** Asks for nothing but an event stream, unless the scenario sets `accept` itself. */
function asking(request: HttpRequest, given: Readonly<Record<string, unknown>>): HttpRequest {
  if (Object.keys(given).some((name) => name.toLowerCase() === 'accept')) return request
  return { ...request, headers: { ...request.headers, accept: 'text/event-stream' } }
}
