import * as z from 'zod'
import { lateObject, whole } from '../../fields.ts'
import { httpFields, httpStepFields, oneBody, pathOrUrl, poolHasASize, poolKeepsAlive } from '../http/request/options.ts'

const path = (text: string) => /^(?:\$\.)?[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*$/.test(text)
const memberPath = () => z.string().refine(path, 'expected a path of names, such as $.id or $.meta.id')

const endSchema = lateObject(() => ({
  event: z.string().optional().describe('Name of the event'),
  path: memberPath().optional().describe('A member of its data, which must be JSON'),
  equals: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional().describe('Value at path'),
})).refine(({ event, path: at }) => event !== undefined || at !== undefined, 'give event or path')

/** The `end:` block of `sse:`, after validation: the condition for the event that ends a reply. */
export type EndBlock = z.infer<typeof endSchema>

const subscribeSchema = lateObject(() => ({
  path: z
    .string()
    .optional()
    .describe('Path of the stream: with a leading / it replaces the path of the URL, else it is added below'),
  events: z
    .array(z.string().min(1))
    .min(1)
    .max(50)
    .default(['message'])
    .describe('Names of the events to listen to; events without a name are called message'),
  correlate: z
    .strictObject({
      send: memberPath().describe('Where a message carries the id that burn makes for it'),
      receive: memberPath().describe('Where the events of the reply carry that id'),
    })
    .optional()
    .describe('How events are matched to messages; left out: the one message in flight gets all of them'),
  end: endSchema.optional().describe('The event that ends a reply, for dialects that do not say it themselves'),
  maxReconnects: whole(0, 1000).default(5).describe('Most tries in a row to open a lost stream again'),
})).describe('A stream that each user keeps open beside its requests (GET; Last-Event-ID and retry are honoured)')

/** The schema of the `sse:` block of a target, which has the settings for event streams. */
export const sseOptions = lateObject(() => ({
  ...httpFields(),
  mode: z
    .enum(['post-stream', 'subscribe'])
    .default('post-stream')
    .describe('post-stream: each request is answered by a stream of its own; subscribe: replies come on one open stream'),
  subscribe: subscribeSchema.optional().describe('The open stream, for mode subscribe'),
}))
  .refine(poolHasASize.check, poolHasASize.issue)
  .refine(poolKeepsAlive.check, poolKeepsAlive.issue)
  .describe('Server-sent events over HTTP/1.1')

/** The `sse:` block of a target, after validation. */
export type SseOptions = z.infer<typeof sseOptions>

/** The schema of the `request:` block of a step over SSE. */
export const sseStep = lateObject(() => ({
  ...httpStepFields(),
  await: z
    .strictObject({
      count: whole(1, 100_000).optional().describe('That many events'),
      end: endSchema.optional().describe('Up to the event that ends them'),
    })
    .refine(({ count, end }) => (count === undefined) !== (end === undefined), 'give count or end')
    .optional()
    .describe('What to wait for on the open stream (mode subscribe). Default: one event'),
}))
  .refine(pathOrUrl.check, pathOrUrl.message)
  .refine(oneBody.check, oneBody.message)
  .describe('One request; in mode subscribe without method and body it only waits')

/** The `request:` block of a step over SSE, after validation. */
export type SseStep = z.infer<typeof sseStep>
