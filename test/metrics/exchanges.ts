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
  const { intended = 0, gaps = [], bytes = 0, outputTokens } = moments
  const { sent = intended } = moments
  const { firstByte = sent } = moments
  const { firstToken = firstByte } = moments
  const { lastToken = firstToken } = moments
  return Object.assign(new Exchange(intended, reader, () => {}), {
    sentAt: sent,
    firstByteAt: firstByte,
    firstTokenAt: firstToken,
    firstOutputAt: firstToken,
    lastTokenAt: lastToken,
    gapsMs: gaps,
    frames: 1 + gaps.length,
    bytesReceived: bytes,
    usage: outputTokens === undefined ? undefined : usage(outputTokens),
    outcome: 'ok',
    endedAt: moments.ended ?? lastToken,
  })
}

/** A failed exchange that ended at `ended`; one that was never sent when `sent` is left out. */
export function failedExchange(failureClass: string, message: string, ended: number, sent = Number.NaN): Exchange {
  const exchange = new Exchange(0, reader, () => {})
  exchange.fail(failureClass, 'stream', message)
  return Object.assign(exchange, { sentAt: sent, endedAt: ended })
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
