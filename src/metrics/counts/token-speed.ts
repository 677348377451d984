/** Computes the speed of the output tokens in one reply, from the tokens that arrived as text. */
import type { Exchange } from '../../exchange.ts'

/** Returns the mean time between the output tokens of a reply, in ms (metric tpot); undefined if unknown, or if all tokens came at once. */
export function timePerOutputToken(exchange: Exchange): number | undefined {
  const hidden = exchange.hidesReasoning
  const tokens = hidden ? visibleAfterFirst(exchange) : tokensAfterFirst(exchange)
  const spanMs = exchange.lastTokenAt - (hidden ? exchange.firstOutputAt : exchange.firstTokenAt)
  return tokens > 0 && spanMs > 0 ? spanMs / tokens : undefined
}

/** Returns the number of output tokens per second in one reply, which is the speed that its user sees; undefined when it cannot be computed. */
export function tokensPerSecond(exchange: Exchange): number | undefined {
  const tpot = timePerOutputToken(exchange)
  return tpot === undefined ? undefined : 1000 / tpot
}

/** Returns the number of tokens after the first frame, if all tokens were seen; NaN when it is not known. */
function tokensAfterFirst({ usage, frames, firstFrameTokens }: Exchange): number {
  return frames < 2 ? Number.NaN : (usage?.outputTokens ?? Number.NaN) - firstFrameTokens
}

/** Returns the number of output tokens after the first frame of output, reasoning left out; NaN when it is not known. */
function visibleAfterFirst(exchange: Exchange): number {
  const { usage, outputFrames, firstOutputTokens, reasoningBytes } = exchange
  if (outputFrames < 2) return Number.NaN
  const visible = (usage?.visibleTokens ?? Number.NaN) - firstOutputTokens
  // A token count on the first frame includes tokens that were generated before it without being sent.
  return reasoningBytes > 0 ? visible : Math.min(visible, tokensAfterFirst(exchange))
}
