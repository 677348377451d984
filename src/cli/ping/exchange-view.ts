import type { Preset } from '../../dialects/parts/dialect.ts'
import { presets } from '../../dialects/presets.ts'
import { emptyTextIn, textsIn } from '../../dialects/reply/texts.ts'
import type { Exchange, Failure } from '../../exchange.ts'
import { hintFor } from '../../metrics/failures/hints.ts'
import type { CheckOutcome } from '../../metrics/recorder.ts'
import type { PlannedTarget } from '../../scenario/compile/plan.ts'
import { maskFieldsIn } from '../../text/secret-fields.ts'
import { isSecretName, MASK } from '../../text/secrets.ts'
import { knownSecrets } from '../output/known-secrets.ts'

/** One request and its reply, as `burn ping` prints them: plain data with secrets masked, times in ms, the body of the reply as text. */
export type PingedExchange = ReturnType<typeof viewExchange>
/**
 * The times of one request and its reply in ms, as `burn ping` prints them. `dns`, `connect`, `tls` and `handshake` say how long these took; `sent`,
 * `firstByte`, `firstToken`, `lastToken` and `end` count from the start of the request. Null where nothing of the kind took place.
 */
export type Stages = ReturnType<typeof stagesOf>

interface ExchangeFacts {
  readonly exchange: Exchange
  readonly target: PlannedTarget
  readonly step: string
  /** True for the chat message of a message step, false for a request step. */
  readonly isMessage: boolean
  /** True when the step needs a reply with text, so that a reply without text proves nothing. */
  readonly needsText: boolean
  readonly request: unknown
  readonly checks: readonly CheckOutcome[]
  readonly labels: readonly string[]
  readonly strayMessages: number
}

/** Returns a request and its reply as plain data to print, with secrets masked. */
export function viewExchange({
  exchange,
  target,
  step,
  isMessage,
  needsText,
  request,
  checks,
  labels,
  strayMessages,
}: ExchangeFacts) {
  const body = Buffer.from(exchange.rawBody).toString('utf8')
  const nothing = exchange.text === '' && exchange.reasoning === ''
  const lost =
    (exchange.failure?.class ?? 'extract') === 'extract' &&
    (exchange.warnings.includes('text_not_found') || (isMessage && target.dialectName === 'generic' && nothing))
  const texts = lost ? textsIn(masked(body)) : []
  return {
    target: target.name,
    protocol: target.protocol,
    dialect: target.dialectName,
    step,
    outcome: exchange.outcome ?? 'cut',
    failure: exchange.failure ? masked({ ...exchange.failure, hint: failureHint(exchange.failure, target, isMessage) }) : null,
    stages: stagesOf(exchange),
    request: request === undefined ? undefined : viewRequest(request),
    reply: {
      status: exchange.status ?? null,
      headers: knownSecrets.maskHeaders(exchange.headers),
      bytes: exchange.bytesReceived,
      body: masked(body),
    },
    understood: masked({
      text: exchange.text,
      reasoning: exchange.reasoning,
      toolArguments: exchange.toolArguments,
      finishReason: exchange.finishReason ?? null,
      usage: exchange.usage ?? null,
      frames: exchange.frames,
      warnings: exchange.warnings,
    }),
    strayMessages,
    checks: checks.map(({ index, passed, observed }) => ({
      check: masked(labels[index] ?? ''),
      passed,
      observed: masked(observed),
    })),
    texts,
    /** A hint where the text of an empty reply might be; null when the reply has text, or no such place is known. */
    emptyText: isMessage && nothing && texts.length === 0 ? (masked(emptyTextIn(body)) ?? null) : null,
    /** True when a step that needs text got a reply without any: the target answered, but nothing shows that its replies are understood. */
    provesNothing: needsText && exchange.outcome === 'ok' && exchange.warnings.some((name) => WITHOUT_TEXT.has(name)),
  }
}

/** The warnings that mean that no text was found in a reply. */
const WITHOUT_TEXT = new Set(['empty_reply', 'text_not_found'])

function failureHint({ class: name, message }: Failure, target: PlannedTarget, isMessage: boolean): string {
  const url = target.url.source
  if (!isMessage) return presetHint(name, url) ?? hintFor(name, message)
  const { usualPath, dialectName } = target
  return hintFor(name, message, dialectName === null ? undefined : { url, dialect: dialectName, usualPath })
}

/** Returns a hint when a plain request failed at the address of a known chat API: which preset to use; undefined for other failures. */
function presetHint(failureClass: string, url: string): string | undefined {
  const path = URL.parse(url)?.pathname.replace(/\/$/, '')
  if (failureClass !== 'http_status' || path === undefined) return undefined
  const known: readonly (readonly [string, Preset])[] = Object.entries(presets)
  const found = known.find(([, preset]) => preset.dialect !== 'generic' && path.endsWith(endOf(preset)))
  return found && `this is where an API of preset ${found[0]} answers messages: burn ping ${url} --preset ${found[0]}`
}

/** Returns the last two parts of the path of a preset's address, such as `/chat/completions`. */
function endOf({ url }: Preset): string {
  return /(?:\/[^/?]+){2}(?=\?|$)/.exec(url)?.[0] ?? url
}

// The cast is safe: redaction keeps the shape of plain data.
const masked = <T>(value: T): T => knownSecrets.redactValue(maskFieldsIn(value)) as T

function stagesOf(exchange: Exchange) {
  const from = exchange.intended + exchange.lagMs
  const since = (at: number) => (Number.isNaN(at) ? null : Math.max(0, at - from))
  return {
    dns: exchange.connect?.dnsMs ?? null,
    connect: exchange.connect?.connectMs ?? null,
    tls: exchange.connect?.tlsMs ?? null,
    handshake: exchange.connect?.handshakeMs ?? null,
    sent: since(exchange.sentAt),
    firstByte: since(exchange.firstByteAt),
    firstToken: since(exchange.firstTokenAt),
    lastToken: since(exchange.lastTokenAt),
    end: since(exchange.endedAt),
  }
}

/** The key of a request under which the HTTP connector keeps the bytes of method, address and headers. */
const PREPARED = 'head'

/**
 * Returns a request of any protocol as plain data for printing: bytes as text, secret headers masked by their names, known secrets masked everywhere
 * else.
 */
function viewRequest(request: unknown): Record<string, unknown> {
  if (typeof request !== 'object' || request === null || ArrayBuffer.isView(request)) return { body: plain(request) }
  const entries = Object.entries(request).filter(([key, value]) => key !== PREPARED && value !== undefined && !isCode(value))
  return Object.fromEntries(entries.map(([key, value]) => [key, viewPart(key, value)]))
}

/** True for a part of a request that is code and is not sent: a function, or an object of functions such as the cookie jar. */
function isCode(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'function'
  const parts = Object.values(value)
  return parts.length > 0 && parts.every((part) => typeof part === 'function')
}

const HEADERS = new Set(['headers', 'metadata', 'userProperties'])

function viewPart(key: string, value: unknown): unknown {
  if (HEADERS.has(key) && typeof value === 'object' && value !== null)
    return knownSecrets.maskHeaders(value as Readonly<Record<string, string>>) // connectors store only texts there
  return plain(value)
}

function plain(value: unknown): unknown {
  if (value instanceof URL) return maskedUrl(value)
  return masked(readable(value))
}

/** Replaces bytes by text at every depth, so that people can read them and secrets in them are found and masked. */
function readable(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8')
  if (Array.isArray(value)) return value.map(readable)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, item]) => typeof item !== 'function')
  return Object.fromEntries(entries.map(([key, item]) => [key, readable(item)]))
}

/** Returns an address in which the values of secret query parameters are masked. */
function maskedUrl(url: URL): string {
  const shown = new URL(url)
  for (const [name] of [...shown.searchParams]) if (isSecretName(name)) shown.searchParams.set(name, MASK)
  if (shown.password !== '') shown.password = MASK
  return knownSecrets.redact(decodeURI(shown.href).replaceAll(encodeURIComponent(MASK), MASK))
}
