/** The `webhooks` block of a scenario: which webhooks are notified of which events. */
import * as z from 'zod'
import { duration, lateObject, whole } from '../fields.ts'
import { FORMATS } from './formats/index.ts'
import { EVENT_ALIASES, USUAL_EVENTS, WEBHOOK_EVENTS, type WebhookEvent } from './message/events.ts'
import { keyOf } from './signature.ts'

/** The smallest length of a webhook's secret, in characters: a shorter key for HMAC-SHA256 could be guessed. */
const MIN_SECRET = 16

const eventSchema = z
  .enum([...WEBHOOK_EVENTS.map(({ name }) => name), ...Object.keys(EVENT_ALIASES)] as [string, ...string[]])
  .transform((name): WebhookEvent => (EVENT_ALIASES[name] ?? name) as WebhookEvent) // the enum allows no other names

const retrySchema = lateObject(() => ({
  attempts: whole(1, 10).default(5).describe('How often a message is sent at most'),
  delay: duration()
    .refine((ms) => ms >= 100 && ms <= 60_000, 'expected 100ms to 60s')
    .default(1000)
    .describe('Wait before the second try. Default 1s'),
  factor: z.number().min(1).max(10).default(2).describe('By which factor each wait is longer than the one before'),
  timeout: duration()
    .refine((ms) => ms >= 100 && ms <= 60_000, 'expected 100ms to 60s')
    .default(10_000)
    .describe('How long one try may take. Default 10s'),
})).describe('When a message that was not accepted is sent again')

function hasNoUser(url: string): boolean {
  if (!URL.canParse(url)) return true
  const { username, password } = new URL(url)
  return username === '' && password === ''
}

/** The schema of one webhook: where messages are posted, about which events, and in which format. */
const webhookSchema = lateObject(() => ({
  url: z
    .string()
    .max(2000)
    .refine((url) => /^https?:/.test(url) && URL.canParse(url), 'expected an address that begins with http:// or https://')
    .refine(hasNoUser, 'a user and password in an address are not sent: write the header authorization')
    .describe('Address to which messages are posted. That of a chat service is a secret: take it from ${env.NAME}'),
  secret: z
    .string()
    .min(MIN_SECRET, `expected at least ${MIN_SECRET} characters`)
    .max(500)
    .refine((secret) => keyOf(secret) !== undefined, 'what follows whsec_ must be base64')
    .optional()
    .describe(
      'Key that signs each message (HMAC-SHA256): whsec_ and base64 as in Standard Webhooks, or any text. Take it from ${env.NAME}',
    ),
  events: z
    .array(eventSchema)
    .min(1)
    .max(20)
    .transform((events) => [...new Set(events)])
    .default([...USUAL_EVENTS])
    .describe(
      `Events about which it is notified: ${WEBHOOK_EVENTS.map(({ name }) => name).join(', ')}. When left out: ${USUAL_EVENTS.join(', ')}`,
    ),
  format: z
    .enum(Object.keys(FORMATS) as [keyof typeof FORMATS, ...(keyof typeof FORMATS)[]])
    .default('standard')
    .describe('Format of the body: the message as JSON, or the form that Slack, Teams or Discord can show'),
  headers: z
    .record(
      z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'expected the name of a header'),
      z.string().regex(/^[\t\x20-\x7e]*$/, 'expected printable ASCII'),
    )
    .optional()
    .describe('Further headers of each request, beside those of the signature'),
  retry: retrySchema.optional(),
  required: z
    .boolean()
    .default(false)
    .describe('A message that is never accepted makes the run fail (exit code 1); otherwise it is only reported'),
  private: z
    .boolean()
    .default(false)
    .describe(
      'The host name in `url` may resolve to a private address. Addresses that are written out (127.0.0.1, localhost) are always allowed',
    ),
}))

/** The schema of the list `webhooks` of a scenario. */
export const webhooksSchema = z
  .array(webhookSchema)
  .max(20)
  .describe(
    'Who is notified of what happens in the run: each event is posted to an address, signed, and repeated until it is accepted',
  )

/** One webhook of a scenario after validation: its address, and the events about which it is notified. Times are in ms. */
export type Webhook = z.output<typeof webhookSchema>
/** The `retry` block of a webhook, after validation: how often and when a message is posted again; times in ms. */
type WebhookRetry = z.output<typeof retrySchema>

/** Returns the default settings for repeating the delivery of a webhook message, for a webhook without a `retry` block. */
export const usualRetry = (): WebhookRetry => retrySchema.parse({})
