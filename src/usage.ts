/** What a reply states about itself: its generated units, its token counts, and the times that the server took. */

/**
 * The kind of a generated chunk of a reply: text, reasoning, a refusal or a tool call. All of them count as tokens; `reasoning` is not output that
 * the user sees.
 */
export type UnitKind = 'text' | 'reasoning' | 'refusal' | 'tool'

/** The token counts of one reply, in one form for all providers. A count that is not known is null, never 0. */
export interface Usage {
  readonly inputTokens: number | null
  readonly cachedInputTokens: number | null
  readonly cacheWriteTokens: number | null
  /** The part of `cacheWriteTokens` that is kept for an hour; left out when the provider does not report it separately. */
  readonly cacheWrite1hTokens?: number
  readonly outputTokens: number | null
  readonly reasoningTokens: number | null
  /** outputTokens − reasoningTokens; outputTokens when the API has no reasoning; null when a count is missing. */
  readonly visibleTokens: number | null
  readonly source: 'usage' | 'usage per frame' | 'estimate'
  /** The usage record as the provider sent it. */
  readonly raw: unknown
}

/**
 * True when at least half of the prompt was read from a cache, false when less was; undefined when the reply does not say. The limit is half, because
 * a few tokens at the beginning (a system prompt, a chat template) are cached for almost every prompt.
 */
export function isPromptWarm(usage: Usage | undefined): boolean | undefined {
  const { inputTokens, cachedInputTokens } = usage ?? {}
  return typeof inputTokens === 'number' && typeof cachedInputTokens === 'number' && inputTokens > 0
    ? cachedInputTokens >= inputTokens / 2
    : undefined
}

/** The numbers of tokens that a request asked for, with which the token counts of its reply are compared. */
export interface AskedTokens {
  /** The length of the generated prompt in tokens, including its prefix; undefined when none was generated. */
  readonly prompt: number | undefined
  /**
   * The planned number of tokens of the whole input: the prompt, and an estimate of the text around it. Undefined when earlier turns are sent along.
   */
  readonly input: number | undefined
  /** The length in tokens that was drawn or rendered for this reply; undefined when all messages ask for the same length, or for none. */
  readonly output: number | undefined
}

/**
 * Returns the input tokens that were reported for a reply, divided by those that were planned for its request (the prompt and the text around it).
 * Undefined when either number is unknown, or the reported one is an estimate.
 */
export function inputOfAsked({ usage, asked }: AskedReply): number | undefined {
  return shareOfAsked(usage, usage?.inputTokens, asked?.input)
}

/**
 * Returns the output tokens that were reported for a reply, divided by the length that its request asked for. Undefined when either number is
 * unknown, the reported one is an estimate, or all requests ask for the same length.
 */
export function outputOfAsked({ usage, asked }: AskedReply): number | undefined {
  return shareOfAsked(usage, usage?.outputTokens, asked?.output)
}

interface AskedReply {
  readonly usage: Usage | undefined
  readonly asked: AskedTokens | undefined
}

function shareOfAsked(usage: Usage | undefined, got: number | null | undefined, asked: number | undefined): number | undefined {
  if (usage === undefined || usage.source === 'estimate' || got === null || got === undefined) return undefined
  return asked === undefined ? undefined : got / asked
}

/** The name of a time that a server can report for one reply, such as the time that the request waited in its queue. */
export type ServerTimeName = 'queueMs' | 'prefillMs' | 'decodeMs' | 'totalMs' | 'firstTokenMs' | 'overheadMs'

/** The times that a server reported for one reply, in ms, each at least 0. Times that it did not report are left out. */
export interface ServerTimes extends Readonly<Partial<Record<ServerTimeName, number | undefined>>> {
  /** The servers that reported the times, by burn's names for them: `vLLM`, `llama.cpp`. */
  readonly sources: readonly string[]
  /** From the arrival of the request at the server to the beginning of its reply, as the outermost server in a chain reports it. */
  readonly headMs?: number
  /** True when a reported value could not be a time: not a number, negative, or longer than an hour. */
  readonly refused: boolean
}

/** The moments of an attempt with which the server's times are compared, in ms on the monotonic clock; NaN for what never happened. */
interface TimedReply {
  readonly serverTimes: ServerTimes | undefined
  readonly sentAt: number
  readonly firstByteAt: number
  readonly firstTokenAt: number
  readonly endedAt: number
}

/** The largest difference in ms that two clocks may have, because many servers round their times. */
const TOLERANCE_MS = 2

/**
 * Returns, in ms, how much of the time to the first token was spent outside of the server: the measured time minus the time that the server reports
 * for itself. If the server reports it only in headers, the first byte is used in place of the first token. Negative when the server reports more
 * than was measured, as its clock or definitions may differ; undefined when a time is missing.
 */
export function signedNetwork({ serverTimes, sentAt, firstTokenAt, firstByteAt }: TimedReply): number | undefined {
  const { firstTokenMs, headMs } = serverTimes ?? {}
  const network =
    firstTokenMs === undefined ? firstByteAt - sentAt - (headMs ?? Number.NaN) : firstTokenAt - sentAt - firstTokenMs
  return Number.isNaN(network) ? undefined : network
}

/**
 * Returns the metric `network` in ms: the measured time to the first token minus the time that the server reports for itself. If the server reports
 * it only in headers, the first byte is used in place of the first token. Values from −2 ms to 0 count as 0, because clocks differ and servers round;
 * undefined for lower values, and when a time is missing.
 */
export function network(exchange: TimedReply): number | undefined {
  const value = signedNetwork(exchange)
  return value === undefined || value < -TOLERANCE_MS ? undefined : Math.max(0, value)
}

/** True when a server reports times for a reply that are more than 2 ms longer than burn measured, because their clocks or definitions differ. */
export function serverTimesDiffer(exchange: TimedReply): boolean {
  const { queueMs = 0, prefillMs = 0, decodeMs = 0, totalMs = 0 } = exchange.serverTimes ?? {}
  const stated = Math.max(totalMs, queueMs + prefillMs + decodeMs)
  return (signedNetwork(exchange) ?? 0) < -TOLERANCE_MS || stated > exchange.endedAt - exchange.sentAt + TOLERANCE_MS
}
