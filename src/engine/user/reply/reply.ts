/** A settled attempt as templates, conditions and checks see it, and the values captured from it. */
import { parseJson } from '../../../dialects/parts/json.ts'
import type { Exchange, Usage } from '../../../exchange.ts'
import type { CheckedReply } from '../../../metrics/check/check.ts'
import { canBeScored } from '../../../metrics/judge/questions.ts'
import type { Capture, CaptureSource, UsageField } from '../../../scenario/compile/plan.ts'
import { isTooDeep } from '../../../text/json.ts'
import { isSecretName } from '../../../text/secrets.ts'
import type { AnsweredMessage } from '../../../text-metrics/turns.ts'

/** Number of earlier messages of a conversation with whose replies a new one is compared. */
const MAX_EARLIER = 10
const NOT_PARSED = Symbol('not parsed')

/** A conversation whose last messages and replies can be read. */
interface AnsweredConversation {
  answered(count: number): readonly AnsweredMessage[]
}

/** The reply of an attempt that has ended, as templates, conditions and checks see it. Its body is parsed once, when that is first needed. */
export class Reply implements CheckedReply {
  readonly exchange: Exchange
  private parsed: unknown = NOT_PARSED
  private readText: string | undefined
  private readonly variables: object

  readonly prompt: string
  private readonly textOnly: boolean
  private readonly conversation: AnsweredConversation | undefined

  /**
   * With `textOnly`, used for messages, `text` is the generated text even when that is empty, and never the raw body. `conversation` is the
   * conversation before this reply.
   */
  constructor(exchange: Exchange, variables: object, textOnly = false, prompt = '', conversation?: AnsweredConversation) {
    this.exchange = exchange
    this.textOnly = textOnly
    this.variables = variables
    this.prompt = prompt
    this.conversation = conversation
  }

  earlier(): readonly AnsweredMessage[] {
    return this.conversation?.answered(MAX_EARLIER) ?? []
  }

  /** True for a reply that a judge can score. With `callsAnswered`, the scenario answers its calls of tools. */
  canBeScored(callsAnswered: boolean): boolean {
    return canBeScored({ outcome: this.exchange.outcome, text: this.text, callsAnswered })
  }

  scope(): object {
    return this.variables
  }

  /** The generated text; for a reply to a `request` step without generated text, the body. */
  get text(): string {
    const { firstTokenAt, text } = this.exchange
    this.readText ??= Number.isNaN(firstTokenAt) && !this.textOnly ? this.body : text
    return this.readText
  }

  get body(): string {
    return this.exchange.rawText
  }

  /** Returns the body as JSON; else the generated text as JSON, as some models answer; undefined when neither is JSON. */
  json(): unknown {
    if (this.parsed === NOT_PARSED) this.parsed = this.exchange.rawJson ?? parse(this.body) ?? parse(this.exchange.text)
    return this.parsed
  }

  /** Returns the object that templates and conditions see as `reply`; its `text` and `json` are computed when they are read. */
  toScope(): object {
    const { exchange } = this
    const scope = {
      reasoning: exchange.reasoning,
      status: exchange.status ?? null,
      headers: exchange.headers,
      ok: exchange.outcome === 'ok',
      error: exchange.failure?.class ?? null,
      finish: exchange.finishReason ?? null,
      tokens: exchange.usage?.outputTokens ?? null,
      inputTokens: exchange.usage?.inputTokens ?? null,
      ttftMs: between(exchange.sentAt, exchange.firstTokenAt),
      serviceMs: between(exchange.sentAt, exchange.endedAt),
      responseMs: between(exchange.intended, exchange.endedAt),
    }
    return Object.defineProperties(scope, { ...WHEN_READ, [REPLY]: { value: this } })
  }
}

/** The key under which the object that templates read stores the reply. */
const REPLY = Symbol('reply')

interface Scoped {
  readonly [REPLY]: Reply
}

/**
 * The properties of `reply` that are computed when a template reads them. All replies share these functions; with a new function each, V8 would treat
 * each reply as a class of its own.
 */
const WHEN_READ: PropertyDescriptorMap & ThisType<Scoped> = {
  text: { get: textOf, enumerable: true },
  json: { get: jsonOf, enumerable: true },
}

function textOf(this: Scoped): string {
  return this[REPLY].text
}

function jsonOf(this: Scoped): unknown {
  return this[REPLY].json() ?? null
}

/** Returns the time between two moments in ms; null when one of them never happened. */
function between(from: number, to: number): number | null {
  return Number.isNaN(to - from) ? null : to - from
}

/** Parses the body of a reply for checks, captures and templates, some of which walk through the whole value: one nested too deeply counts as no JSON. */
function parse(text: string): unknown {
  if (isTooDeep(text)) return undefined
  const parsed = parseJson(text)
  return parsed.ok ? parsed.value : undefined
}

/**
 * Takes the values that a step captures from its reply, and stores them in variables. Stops at the first capture that finds nothing and has no
 * default, and returns that capture; undefined when all succeed.
 */
export function takeCaptures(captures: readonly Capture[], reply: Reply, into: Record<string, unknown>): Capture | undefined {
  for (const capture of captures) {
    const found = takeFrom(capture.source, reply)
    if (found !== undefined) into[capture.variable] = found
    else if (capture.fallback) into[capture.variable] = capture.fallback.value
    else return capture
  }
  return undefined
}

/**
 * Returns the secret texts among those that were captured from a reply into `variables`, so that output can mask them. A text counts as secret when
 * its variable, or the JSON path or header that it was captured from, has a name with a word such as `token`.
 */
export function secretsAmong(
  captures: readonly Pick<Capture, 'variable' | 'written'>[],
  variables: Readonly<Record<string, unknown>>,
): string[] {
  const secret = captures.filter(({ variable, written }) => isSecretName(variable) || isSecretName(written))
  return secret.map(({ variable }) => variables[variable]).filter((value) => typeof value === 'string')
}

/** Returns the value that one `capture` of a step finds in a reply; undefined when it finds none. */
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
