/** Generated units and the tokens that they are counted in. */

/** The kind of a generated piece of a reply. All kinds count as tokens; `reasoning` does not count as output that the user sees. */
export type UnitKind = 'text' | 'reasoning' | 'refusal' | 'tool'

/** The token counts of one reply, in the same form for all providers. An unknown count is null, never 0. */
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
