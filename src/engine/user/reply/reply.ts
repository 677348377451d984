/** A settled attempt as templates, conditions and checks see it, and the captures taken from it. */
import { parseJson } from '../../../dialects/parts/json.ts'
import type { Exchange, Usage } from '../../../exchange.ts'
import type { CheckedReply } from '../../../metrics/check/check.ts'
import type { Capture, CaptureSource, UsageField } from '../../../scenario/compile/plan.ts'
import { isSecretName } from '../../../text/secrets.ts'

/** Keeps a leading U+FEFF: it belongs to the text. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const NOT_PARSED = Symbol('not parsed')

/** The reply of a settled attempt, as `reply` in templates and conditions and as the subject of checks. Its body is parsed once, when first needed. */
export class Reply implements CheckedReply {
  readonly exchange: Exchange
  private parsed: unknown = NOT_PARSED
  private readText: string | undefined
  private readonly readScope: () => object

  private readonly textOnly: boolean

  /** With `textOnly`, used for messages, `text` is the generated text even when that is empty, and never the raw body. */
  constructor(exchange: Exchange, readScope: () => object, textOnly = false) {
    this.exchange = exchange
    this.textOnly = textOnly
    this.readScope = readScope
  }

  scope(): object {
    return this.readScope()
  }

  /** The generated text; for a reply to a `request` step without generated text, the body. */
  get text(): string {
    const { firstTokenAt, text } = this.exchange
    this.readText ??= Number.isNaN(firstTokenAt) && !this.textOnly ? this.body : text
    return this.readText
  }

  get body(): string {
    return utf8.decode(this.exchange.rawBody)
  }

  /** Returns the body as JSON; else the generated text as JSON, as some models answer; undefined when neither is JSON. */
  json(): unknown {
    if (this.parsed === NOT_PARSED) this.parsed = parse(this.body) ?? parse(this.exchange.text)
    return this.parsed
  }

  /** Returns the object that templates and conditions see as `reply`; its `text` and `json` are computed when they are read. */
  toScope(): object {
    const { exchange } = this
    const ms = (to: number, from: number) => (Number.isNaN(to - from) ? null : to - from)
    const scope = {
      reasoning: exchange.reasoning,
      status: exchange.status ?? null,
      headers: exchange.headers,
      ok: exchange.outcome === 'ok',
      error: exchange.failure?.class ?? null,
      finish: exchange.finishReason ?? null,
      tokens: exchange.usage?.outputTokens ?? null,
      inputTokens: exchange.usage?.inputTokens ?? null,
      ttftMs: ms(exchange.firstTokenAt, exchange.sentAt),
      serviceMs: ms(exchange.endedAt, exchange.sentAt),
      responseMs: ms(exchange.endedAt, exchange.intended),
    }
    return Object.defineProperties(scope, {
      text: { get: () => this.text, enumerable: true },
      json: { get: () => this.json() ?? null, enumerable: true },
    })
  }
}

function parse(text: string): unknown {
  const parsed = parseJson(text)
  return parsed.ok ? parsed.value : undefined
}

/** Writes the captures of a step into variables. Stops at the first that finds nothing and has no default, and returns it; undefined when all succeed. */
export function takeCaptures(captures: readonly Capture[], reply: Reply, into: Record<string, unknown>): Capture | undefined {
  for (const capture of captures) {
    const found = takeFrom(capture.source, reply)
    if (found !== undefined) into[capture.variable] = found
    else if (capture.fallback) into[capture.variable] = capture.fallback.value
    else return capture
  }
  return undefined
}

/** Returns the texts in the variables of captures of which the variable, the path or the header has the name of a secret. */
export function secretsAmong(captures: readonly Capture[], variables: Readonly<Record<string, unknown>>): string[] {
  const secret = captures.filter(({ variable, written }) => isSecretName(variable) || isSecretName(written))
  return secret.map(({ variable }) => variables[variable]).filter((value) => typeof value === 'string')
}

/** Returns the value that a capture finds in a reply; undefined when there is none. */
export function takeFrom(source: CaptureSource, reply: Reply): unknown {
  switch (source.from) {
    case 'json':
      return source.path.first(reply.json())
    case 'header':
      return reply.exchange.headers[source.name]
    case 'regex':
      return source.regex.firstGroup(reply.text)
    case 'status':
      return reply.exchange.status
    case 'usage':
      return tokensOf(reply.exchange.usage, source.field)
    case 'text':
      return reply.text
  }
}

function tokensOf(usage: Usage | undefined, field: UsageField): number | undefined {
  const counts = {
    input: usage?.inputTokens,
    cached: usage?.cachedInputTokens,
    output: usage?.outputTokens,
    reasoning: usage?.reasoningTokens,
    visible: usage?.visibleTokens,
  }
  return counts[field] ?? undefined
}
