import { expect, test } from 'vitest'
import { Exchange } from '../../../src/exchange.ts'
import { timePerOutputToken, tokensPerSecond } from '../../../src/metrics/counts/token-speed.ts'

/** 11 tokens, the first frame with one, 100 ms from the first to the last. */
const SHOWN = {
  usage: { outputTokens: 11, visibleTokens: null },
  frames: 11,
  firstFrameTokens: 1,
  firstTokenAt: 100,
  lastTokenAt: 200,
}
/** The same, of which the last 6 tokens are output, from 150 ms on. */
const HIDDEN = {
  ...SHOWN,
  usage: { outputTokens: 11, visibleTokens: 6 },
  hidesReasoning: true,
  firstOutputAt: 150,
  outputFrames: 6,
  firstOutputTokens: 1,
  reasoningBytes: 50,
}

function of(given: object): Exchange {
  const exchange = new Exchange(0, { push: () => {}, end: () => {} }, () => {})
  for (const [name, value] of Object.entries(given)) Object.defineProperty(exchange, name, { value })
  return exchange
}

test.each<[string, object, number | undefined]>([
  ['all that were seen', SHOWN, 10],
  ['several in the first frame', { ...SHOWN, firstFrameTokens: 6 }, 20],
  ['those of the output alone, where reasoning was hidden', HIDDEN, 10],
  ['a count on the first frame that holds unseen reasoning', { ...HIDDEN, reasoningBytes: 0, firstFrameTokens: 9 }, 25],
  ['one frame', { ...SHOWN, frames: 1 }, undefined],
  ['no usage', { ...SHOWN, usage: undefined }, undefined],
  ['one delivery', { ...SHOWN, lastTokenAt: 100 }, undefined],
  ['no more tokens than in the first frame', { ...SHOWN, firstFrameTokens: 11 }, undefined],
  ['nobody knows how many were visible', { ...HIDDEN, usage: SHOWN.usage }, undefined],
])('%s', (_, given, tpot) => {
  expect(timePerOutputToken(of(given))).toBe(tpot)
  expect(tokensPerSecond(of(given))).toBe(tpot === undefined ? undefined : 1000 / tpot)
})
