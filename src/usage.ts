/** Generated units and the tokens that they are counted in. */

/**
 * What a generated piece of a reply is: text, reasoning, a refusal or a tool call. All of them count as tokens; `reasoning` is not output
 * that the user sees.
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
