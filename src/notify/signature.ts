/**
 * Signs webhook messages in two ways: as Standard Webhooks does (`webhook-signature: v1,…` over id, time and body), and in a simpler form
 * (`X-Burn-Signature: sha256=…` over time and body). Both are HMAC-SHA256 with the secret of the webhook.
 */
import { Buffer } from 'node:buffer'
import { createHmac, timingSafeEqual } from 'node:crypto'

const PREFIX = 'whsec_'
/** The parts of a webhook message that its signature covers. */
interface Signed {
  readonly id: string
  /** The time of the message, in seconds since 1970. */
  readonly timestamp: number
  readonly body: string
}

/**
 * Returns the bytes of the HMAC key with which a webhook's messages are signed. A `secret` that begins with `whsec_` is Base64 after that; any other
 * is used as it is. Undefined when the Base64 is invalid.
 */
export function keyOf(secret: string): Buffer | undefined {
  if (!secret.startsWith(PREFIX)) return Buffer.from(secret)
  const text = secret.slice(PREFIX.length)
  const key = Buffer.from(text, 'base64')
  return key.length > 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? key : undefined
}

const hmac = (secret: string, text: string) => createHmac('sha256', keyOf(secret) ?? Buffer.from(secret)).update(text)

const standard = (secret: string, { id, timestamp, body }: Signed) =>
  `v1,${hmac(secret, `${id}.${timestamp}.${body}`).digest('base64')}`

const simple = (secret: string, { timestamp, body }: Signed) => `sha256=${hmac(secret, `${timestamp}.${body}`).digest('hex')}`

/**
 * Returns the headers of a webhook message: its id, its time and, if the webhook has a secret, its signature. Each is sent under two names: that of
 * Standard Webhooks, and burn's own. The two signatures differ: burn's own does not cover the id.
 */
export function signatureHeaders(signed: Signed, secret: string | undefined): Record<string, string> {
  const { id, timestamp } = signed
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'x-burn-delivery': id,
    'x-burn-timestamp': String(timestamp),
    ...(secret === undefined
      ? {}
      : { 'webhook-signature': standard(secret, signed), 'x-burn-signature': simple(secret, signed) }),
  }
}

/** The headers of a received message, with names in lower case. */
type ReceivedHeaders = Readonly<Record<string, string | undefined>>

/**
 * Returns why a received webhook message must not be trusted, such as a wrong signature or an old time; undefined when it can be trusted. If the
 * message has the header `webhook-signature`, only that is checked, else `x-burn-signature`. The former may have several signatures, while the sender
 * changes the secret; one valid signature suffices. `now` is the present time and `tolerance` the largest accepted difference between it and the
 * message's time, both in seconds.
 */
export function whyNotSigned(
  body: string,
  headers: ReceivedHeaders,
  secret: string,
  now: number,
  tolerance: number,
): string | undefined {
  const id = headers['webhook-id'] ?? headers['x-burn-delivery'] ?? ''
  const time = headers['webhook-timestamp'] ?? headers['x-burn-timestamp'] ?? ''
  const given = headers['webhook-signature']?.split(' ') ?? [headers['x-burn-signature'] ?? '']
  if (!/^\d{1,12}$/.test(time)) return 'there is no time (webhook-timestamp or x-burn-timestamp, in seconds since 1970)'
  const signed = { id, timestamp: Number(time), body }
  const right = headers['webhook-signature'] === undefined ? simple(secret, signed) : standard(secret, signed)
  if (given.every((one) => one === '')) return 'there is no signature (webhook-signature or x-burn-signature)'
  if (!given.some((one) => isSame(one, right))) return 'the signature is of another message or another secret'
  const away = Math.abs(now - signed.timestamp)
  return away > tolerance
    ? `the signature is right, but its time is ${Math.round(away)} s away, more than ${tolerance} s`
    : undefined
}

/** Compares two texts in a time that does not depend on where they differ, so that an attacker cannot guess a signature character by character. */
function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
