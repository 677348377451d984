/** The `webhooks` block of a scenario: which webhooks are notified of which events. */
import * as z from 'zod'
import { duration, lateObject, whole } from '../fields.ts'
import { FORMATS } from './formats/index.ts'
import { EVENT_ALIASES, USUAL_EVENTS, WEBHOOK_EVENTS, type WebhookEvent } from './message/events.ts'
import { keyOf } from './signature.ts'

/** Shortest secret, in characters: HMAC-SHA256 with less can be guessed. */
const MIN_SECRET = 16

const eventSchema = z
  .enum([...WEBHOOK_EVENTS.map(({ name }) => name), ...Object.keys(EVENT_ALIASES)] as [string, ...string[]])
  .transform((name): WebhookEvent => (EVENT_ALIASES[name] ?? name) as WebhookEvent) // the enum has let through no other

const retrySchema = lateObject(() => ({
  attempts: whole(1, 10).default(5).describe('How often a message is sent at most'),
  delay: duration()
    .refine((ms) => ms >= 100 && ms <= 60_000, 'expected 100ms to 60s')
    .default(1000)
    .describe('Wait before the second try. Default 1s'),
  factor: z.number().min(1).max(10).default(2).describe('By how much each wait is longer than the one before'),
  timeout: duration()
    .refine((ms) => ms >= 100 && ms <= 60_000, 'expected 100ms to 60s')
    .default(10_000)
    .describe('How long one try may take. Default 10s'),
})).describe('When a message that was not taken is sent again')

function hasNoUser(url: string): boolean {
  if (!URL.canParse(url)) return true
  const { username, password } = new URL(url)
  return username === '' && password === ''
}

/** One receiver of messages. */
const webhookSchema = lateObject(() => ({
  url: z
    .string()
    .max(2000)
    .refine((url) => /^https?:/.test(url) && URL.canParse(url), 'expected an address that begins with http:// or https://')
    .refine(hasNoUser, 'a user and password in an address are not sent: write the header authorization')
    .describe('Where messages are posted. One of a chat service is a secret: take it from ${env.NAME}'),
  secret: z
    .string()
    .min(MIN_SECRET, `expected at least ${MIN_SECRET} characters`)
    .max(500)
    .refine((secret) => keyOf(secret) !== undefined, 'what follows whsec_ must be base64')
    .optional()
    .describe('Signs each message (HMAC-SHA256): whsec_ and base64 as of Standard Webhooks, or a text. Take it from ${env.NAME}'),
  events: z
    .array(eventSchema)
    .min(1)
    .max(20)
    .transform((events) => [...new Set(events)])
    .default([...USUAL_EVENTS])
    .describe(`What it is told of: ${WEBHOOK_EVENTS.map(({ name }) => name).join(', ')}. Left out: ${USUAL_EVENTS.join(', ')}`),
  format: z
    .enum(Object.keys(FORMATS) as [keyof typeof FORMATS, ...(keyof typeof FORMATS)[]])
    .default('standard')
    .describe('Form of the body: the message as JSON, or what Slack, Teams or Discord show'),
  headers: z
    .record(
      z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'expected the name of a header'),
      z.string().regex(/^[\t\x20-\x7e]*$/, 'expected printable ASCII'),
    )
    .optional()
    .describe('Headers of each request, beside those of the signature'),
  retry: retrySchema.optional(),
  required: z
    .boolean()
    .default(false)
    .describe('A message that was not taken in the end makes the run fail (exit code 1); otherwise it is only told'),
  private: z
    .boolean()
    .default(false)
    .describe(
      'The name in `url` may mean a private address. An address that is written as one (127.0.0.1, localhost) may do so anyway',
    ),
}))

/** The schema of the list `webhooks` of a scenario. */
export const webhooksSchema = z
  .array(webhookSchema)
  .max(20)
  .describe('Who is told what becomes of the run: each event is posted to an address, signed, and again until it is taken')

/** An entry of `webhooks`, after validation: an address, and about which events it is notified; times in ms. */
export type Webhook = z.output<typeof webhookSchema>
/** The `retry` block of a webhook, after validation: how often and when a message is posted again; times in ms. */
export type WebhookRetry = z.output<typeof retrySchema>

/** Returns the retry settings of a webhook without a `retry` block. */
export const usualRetry = (): WebhookRetry => retrySchema.parse({})
