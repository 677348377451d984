/** Settled exchanges made by hand: moments are whatever the test says. */
import { Exchange, type Usage } from '../../src/exchange.ts'

export interface Moments {
  readonly intended?: number
  readonly sent?: number
  readonly firstByte?: number
  readonly firstToken?: number
  readonly lastToken?: number
  readonly ended?: number
  readonly gaps?: readonly number[]
  readonly outputTokens?: number | null
  readonly bytes?: number
}

const reader = { push: () => {}, end: () => {} }

/** An ok exchange; each moment left out is that of the one before. */
export function okExchange(moments: Moments = {}): Exchange {
  const exchange = new Exchange(moments.intended ?? 0, reader, () => {})
  exchange.sentAt = moments.sent ?? exchange.intended
  exchange.firstByteAt = moments.firstByte ?? exchange.sentAt
  exchange.firstTokenAt = moments.firstToken ?? exchange.firstByteAt
  exchange.firstOutputAt = exchange.firstTokenAt
  exchange.lastTokenAt = moments.lastToken ?? exchange.firstTokenAt
  exchange.gapsMs.push(...(moments.gaps ?? []))
  exchange.frames = 1 + exchange.gapsMs.length
  exchange.bytesReceived = moments.bytes ?? 0
  if (moments.outputTokens !== undefined) exchange.usage = usage(moments.outputTokens)
  exchange.outcome = 'ok'
  exchange.endedAt = moments.ended ?? exchange.lastTokenAt
  return exchange
}

/** A failed exchange that ended at `ended`; one that was never sent when `sent` is left out. */
export function failedExchange(failureClass: string, message: string, ended: number, sent = Number.NaN): Exchange {
  const exchange = new Exchange(0, reader, () => {})
  exchange.sentAt = sent
  exchange.fail(failureClass, 'stream', message)
  exchange.endedAt = ended
  return exchange
}

/** An exchange that the end of the run cut. */
export function cutExchange(): Exchange {
  const exchange = new Exchange(0, reader, () => {})
  exchange.cancel()
  return exchange
}

function usage(outputTokens: number | null): Usage {
  return {
    inputTokens: null,
    cachedInputTokens: null,
    cacheWriteTokens: null,
    outputTokens,
    reasoningTokens: null,
    visibleTokens: outputTokens,
    source: 'usage',
    raw: {},
  }
}
