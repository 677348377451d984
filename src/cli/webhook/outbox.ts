/** Delivers messages to webhooks: each message is written to a file, then delivered, and every try is written to the file too. */
import { randomBytes } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import pLimit from 'p-limit'
import { wallNow } from '../../clock.ts'
import { deliver, type PostedMessage } from '../../notify/deliver.ts'
import { FORMATS } from '../../notify/formats/index.ts'
import type { WebhookEvent } from '../../notify/message/events.ts'
import type { WebhookMessage } from '../../notify/message/message.ts'
import type { Webhook } from '../../notify/schema.ts'
import { safeJson } from '../../text/escape.ts'
import { knownSecrets } from '../output/known-secrets.ts'

/** The largest number of messages about alerts that are sent in one run; further ones are dropped. All other messages are few and are always sent. */
const MAX_ALERTS = 1000
/** The number of requests that one webhook gets at the same time. Webhooks do not wait for each other. */
const AT_ONCE = 2

/** How the delivery of one notification to one webhook ended. */
export interface Delivered {
  readonly id: string
  readonly event: string
  readonly webhook: Webhook
  /** Index of the webhook in the plan's list, from 0. */
  readonly index: number
  readonly attempts: number
  readonly status: number | null
  /** Why the webhook did not accept the notification (untrusted text); null when it did. */
  readonly error: string | null
}

interface OutboxOptions {
  /** The path of the file that gets a line for each message and each try; nothing is written when it is left out. */
  readonly file?: string
  /** Called once, when that file cannot be written. */
  readonly onUnwritten?: (error: unknown) => void
}

/**
 * Returns a function that tells whether a webhook wants a notification: true when the `events` of the webhook include the event of this notification.
 */
export const isSubscribedTo =
  ({ type }: WebhookMessage) =>
  ({ events }: Webhook): boolean =>
    events.includes(type as WebhookEvent)

/** Delivers notifications to webhooks in the background, with retries. Records each of them in a file, if it was given one. */
export class Outbox {
  private readonly webhooks: readonly Webhook[]
  private readonly options: OutboxOptions
  private readonly limits: readonly ReturnType<typeof pLimit>[]
  private readonly givenUp = new AbortController()
  private readonly underWay: { readonly webhook: Webhook; readonly delivered: Promise<Delivered> }[] = []
  private unwritten = false
  private alerts = 0
  /** Number of notifications about alerts that were not sent, because there were more than 1,000. */
  leftOut = 0

  constructor(webhooks: readonly Webhook[], options: OutboxOptions = {}) {
    this.webhooks = webhooks
    this.limits = webhooks.map(() => pLimit(AT_ONCE))
    this.options = options
  }

  /** Starts the delivery of a notification to the webhooks for which `isFor` is true, by default those that subscribe to its event. */
  send(message: WebhookMessage, isFor: (webhook: Webhook) => boolean = isSubscribedTo(message)): void {
    for (const [index, webhook] of this.webhooks.entries()) {
      if (!isFor(webhook) || !this.hasRoom(message)) continue
      const body = safeJson(knownSecrets.redactValue(FORMATS[webhook.format](message)))
      this.post(index, { id: `msg_${randomBytes(12).toString('hex')}`, event: message.type, body }, true)
    }
  }

  private hasRoom({ type }: WebhookMessage): boolean {
    if (type !== 'alert.began' && type !== 'alert.ended') return true
    if (this.alerts >= MAX_ALERTS) this.leftOut += 1
    else this.alerts += 1
    return this.leftOut === 0
  }

  /** Starts the delivery of a complete message to one webhook. `isNew` is true when it must be recorded in the file first. */
  post(index: number, message: PostedMessage, isNew = false): void {
    const [webhook, limit] = [this.webhooks[index], this.limits[index]]
    if (!webhook || !limit) return
    const { id, event, body } = message
    const line = { id, event, webhook: index, to: new URL(webhook.url).origin }
    if (isNew) this.note({ ...line, at: new Date(wallNow()).toISOString(), body })
    const delivered = limit(async () => {
      const last = { attempts: 0, status: null as number | null, error: 'given up before the first try' as string | null }
      await deliver(webhook, message, {
        signal: this.givenUp.signal,
        onTry: ({ attempt, at, durationMs, status, error }) => {
          Object.assign(last, { attempts: attempt, status, error })
          this.note({ ...line, attempt, at: new Date(at).toISOString(), durationMs, status, error, delivered: error === null })
        },
      })
      return { id, event, webhook, index, ...last }
    })
    this.underWay.push({ webhook, delivered })
  }

  /** Stops all deliveries that have not ended. */
  giveUp(): void {
    this.givenUp.abort()
  }

  /**
   * Resolves with the outcome of every delivery, when all have been accepted or given up. Only webhooks for which `isFor` is true are waited for, by
   * default all.
   */
  settled(isFor: (webhook: Webhook) => boolean = () => true): Promise<Delivered[]> {
    return Promise.all(this.underWay.filter(({ webhook }) => isFor(webhook)).map(({ delivered }) => delivered))
  }

  private note(line: object): void {
    const { file, onUnwritten } = this.options
    if (file === undefined || this.unwritten) return
    try {
      appendFileSync(file, `${safeJson(knownSecrets.redactValue(line))}\n`)
    } catch (error) {
      this.unwritten = true
      onUnwritten?.(error)
    }
  }
}
