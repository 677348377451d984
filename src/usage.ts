/** Generated units and the tokens that they are counted in. */

/** The kind of a generated piece of a reply. All kinds count as tokens; `reasoning` does not count as output that the user sees. */
export type UnitKind = 'text' | 'reasoning' | 'refusal' | 'tool'

/** The token counts of one reply, in burn's own terms. Unknown is null, never 0. @see glossary: Tokens */
export interface Usage {
  readonly inputTokens: number | null
  readonly cachedInputTokens: number | null
  readonly cacheWriteTokens: number | null
  /** Of those, the ones that are kept for an hour; left out when the provider does not tell them apart. */
  readonly cacheWrite1hTokens?: number
  readonly outputTokens: number | null
  readonly reasoningTokens: number | null
  /** outputTokens − reasoningTokens, when both are known; outputTokens when the API has no reasoning. */
  readonly visibleTokens: number | null
  readonly source: 'usage' | 'usage per frame' | 'estimate'
  /** The provider's record, untouched. */
  readonly raw: unknown
}
