/**
 * Signatures of messages: those of Standard Webhooks (`webhook-signature: v1,…` over id, time and body) and a simpler one beside it
 * (`X-Burn-Signature: sha256=…` over time and body). Both are HMAC-SHA256 with the secret of the webhook.
 */
import { Buffer } from 'node:buffer'
import { createHmac, timingSafeEqual } from 'node:crypto'

const PREFIX = 'whsec_'
/** What is signed. */
interface Signed {
  readonly id: string
  /** Seconds since 1970. */
  readonly timestamp: number
  readonly body: string
}

/** Returns the bytes of the HMAC key in a webhook's secret: `whsec_` with Base64 decoded, any other text as it is; undefined for invalid Base64. */
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
 * Returns the headers of a webhook message: its id and time, under the names of Standard Webhooks and under burn's own, and with a secret
 * the signatures under both.
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

/** Headers as they came, names in small letters. */
type Headers = Readonly<Record<string, string | undefined>>

/**
 * Checks the signature of a received webhook message. Returns why it is not accepted; undefined when it is right. If `webhook-signature`
 * holds several signatures, as during a change of the secret, one of them must be right. `now` and `tolerance` (how old the message may be)
 * are in seconds.
 */
export function whyNotSigned(body: string, headers: Headers, secret: string, now: number, tolerance: number): string | undefined {
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

/** Compares in a time that says nothing of where two texts differ. */
function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
