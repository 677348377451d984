import * as z from 'zod'
import { base64Schema, duration, lateObject, positiveDuration, size, whole } from '../../../fields.ts'
import { dnsSchema } from '../../wire/dns.ts'
import { predicateSchema, readablePath, writablePath } from './predicate.ts'

const replySchema = lateObject(() => ({
  match: z
    .union([
      z.enum(['fifo', 'none']),
      z.strictObject({
        correlate: z
          .strictObject({
            send: writablePath().describe('Where the id goes in a frame that is sent; one that is there already is kept'),
            receive: readablePath().optional().describe('Where the id is in a message of the reply. Default: as send'),
            otherwise: z
              .literal('fifo')
              .optional()
              .describe('fifo: as long as no message has carried an id, they are taken in the order of the requests'),
          })
          .describe('A message belongs to the request whose id it carries'),
      }),
    ])
    .default('fifo')
    .describe('fifo: what comes is the reply to the oldest open request; none: requests are not answered'),
  until: predicateSchema.optional().describe('The message that ends the reply of a `request` step. Default: the first one'),
  ignore: z.array(predicateSchema).default([]).describe('Messages that belong to no reply: greetings, receipts, typing marks'),
})).describe('Which messages are the reply to what')

const pingSchema = lateObject(() => ({
  every: positiveDuration().describe('How often to ping'),
  timeout: positiveDuration().optional().describe('How long to wait for the pong (default 10s); then the socket is lost'),
})).describe("burn's own pings; left out: only those of the server are answered")

const answerSchema = lateObject(() => ({
  to: z.union([z.string(), predicateSchema]).describe('A message of the server: its whole text, or what it holds'),
  send: z.json().describe('What to send back: text as it is, anything else as JSON'),
})).describe('A ping of the application and its answer, such as 2 and 3 of Engine.IO; neither belongs to a reply')

const reconnectSchema = lateObject(() => ({
  attempts: whole(1, 1000).default(5).describe('How often to try until one works'),
  base: duration().optional().describe('Longest wait before the first try (default 1s)'),
  factor: z.number().min(1).max(100).default(2).describe('How much longer each wait may be than the one before'),
  max: duration().optional().describe('Longest wait between two tries (default 30s)'),
  jitter: z.enum(['full', 'none']).default('full').describe('full: wait for anything from 0 to the longest wait'),
  timeout: positiveDuration().optional().describe('How long one try may take (default 10s)'),
})).describe('Connect again as soon as a socket is lost; left out: when the next request needs it')

/** The schema of the `websocket:` block of a target, which has the settings for WebSockets. */
export const websocketOptions = lateObject(() => ({
  subprotocols: z
    .array(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'expected the name of a subprotocol'))
    .refine((names) => new Set(names).size === names.length, 'a subprotocol is named twice')
    .default([])
    .describe('Subprotocols to offer; the server must pick one of them'),
  authIn: z
    .enum(['header', 'query', 'message'])
    .default('header')
    .describe('How the credentials of `auth` are sent: in their header, as a query parameter, or in the first frame'),
  authHeader: z.string().min(1).default('authorization').describe('Header with the credentials, for query and message'),
  authName: z.string().min(1).default('token').describe('Name of the query parameter'),
  authMessage: z
    .record(z.string(), z.json())
    .default({ type: 'authenticate', token: '{{token}}' })
    .describe('The first frame; {{token}}, {{username}} and {{password}} in its strings stand for the credentials'),
  ready: predicateSchema
    .optional()
    .describe('A message to wait for before the connection counts as made, such as a greeting or the answer to authMessage'),
  binary: z.boolean().default(false).describe('Send messages and JSON as binary frames'),
  reply: replySchema.optional(),
  answer: z.array(answerSchema).max(20).default([]).describe('Messages of the server that are answered at once'),
  ping: pingSchema.optional(),
  compression: z.boolean().default(false).describe('Offer per-message deflate: smaller frames for more CPU and memory'),
  maxMessage: size().optional().describe('Largest message to accept (default 16MiB); beyond it the socket is closed with 1009'),
  expectClose: z
    .array(whole(1000, 4999))
    .default([])
    .describe('Close codes with which the server may end a connection, and a reply, without its being a failure'),
  reconnect: reconnectSchema.optional(),
  resubscribe: z.array(z.json()).default([]).describe('Messages to send on every connection of a user but the first'),
  dns: dnsSchema.optional(),
})).describe('WebSocket')

/** The `websocket:` block of a target, after validation. */
export type WebSocketOptions = z.infer<typeof websocketOptions>

const frame = lateObject(() => ({
  json: z.unknown().optional().describe('Frame: any value, sent as JSON'),
  text: z.string().optional().describe('Frame: text, sent as it is'),
  correlate: z
    .boolean()
    .optional()
    .describe(
      'false: the frame goes out as it is, without the id of reply.match; a message that answers nothing else is its reply',
    ),
  binary: base64Schema().optional().describe('Binary frame, written as Base64'),
  await: z
    .union([
      z.enum(['one', 'none']),
      z.strictObject({ count: whole(1, 1_000_000).describe('That many messages') }),
      z.strictObject({ until: predicateSchema.describe('The message that ends the reply') }),
    ])
    .optional()
    .describe(
      'The reply: one message (default, unless reply.until says otherwise), a number of them, until one of a kind, or none; a message that answers it nevertheless counts for the next reply, unless messages carry ids',
    ),
}))
  .refine((step) => step.correlate !== false || step.json !== undefined, 'correlate is for json')
  .refine(
    (step) => [step.json, step.text, step.binary].filter((content) => content !== undefined).length === 1,
    'give exactly one of json, text and binary',
  )
  .describe('One WebSocket frame')

const disconnect = lateObject(() => ({
  disconnect: z
    .enum(['clean', 'abrupt'])
    .describe('clean: close with 1000 and wait for the answer; abrupt: reset the socket. The next frame connects again'),
}))

/** The schema of the `request:` block of a step over WebSocket, which sends a message or closes the connection. */
export const websocketStep = z.union([frame, disconnect])

/** The `request:` block of a step over WebSocket, after validation. */
export type WebSocketStep = z.infer<typeof websocketStep>
