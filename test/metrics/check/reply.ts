/** A settled reply to check, and a line of `expect` to check it with. */
import { Exchange } from '../../../src/exchange.ts'
import {
  type CheckedReply,
  type CheckVerdict,
  compileCheck,
  type ExpectItem,
  expectSchema,
} from '../../../src/metrics/check/check.ts'
import type { ToolCall } from '../../../src/reply-record.ts'

export interface Given {
  readonly text?: string
  readonly body?: unknown
  readonly prompt?: string
  readonly calls?: readonly ToolCall[]
  readonly logProbs?: readonly number[]
  readonly earlier?: ReturnType<CheckedReply['earlier']>
  readonly exchange?: Partial<
    Pick<
      Exchange,
      | 'status'
      | 'headers'
      | 'finishReason'
      | 'refused'
      | 'toolArguments'
      | 'usage'
      | 'cost'
      | 'bytesReceived'
      | 'frames'
      | 'gapsMs'
    >
  >
}

/** Due at 0, sent at 100, first token at 300, last at 1100, ended at 1200 ms. */
export function reply({
  text = '',
  body,
  prompt = '',
  earlier = [],
  calls = [],
  logProbs = [],
  exchange = {},
}: Given): CheckedReply {
  const settled = new Exchange(0, { push: () => {}, end: () => {} }, () => {})
  const moments = {
    sentAt: 100,
    firstByteAt: 150,
    firstTokenAt: 300,
    firstOutputAt: 300,
    lastTokenAt: 1100,
    endedAt: 1200,
    outcome: 'ok',
  }
  const { toolArguments, ...facts } = exchange
  if (toolArguments !== undefined) settled.unit('tool', toolArguments)
  for (const value of logProbs) settled.logProb(value)
  for (const call of calls) {
    settled.toolCall(call.name)
    settled.unit('tool', call.arguments)
  }
  Object.assign(settled, moments, facts)
  const scope = () => ({ reply: { text, status: settled.status ?? null } })
  return { exchange: settled, text, json: () => body, scope, prompt, earlier: () => earlier }
}

export const usage = (outputTokens: number) => ({
  inputTokens: 5,
  cachedInputTokens: null,
  cacheWriteTokens: null,
  outputTokens,
  reasoningTokens: null,
  visibleTokens: null,
  source: 'usage' as const,
  raw: null,
})

export function lines(input: unknown): ExpectItem[] {
  return expectSchema.parse([input])
}

/** A verdict with what was observed written out, to compare it. */
export function plain({ passed, observed, undecided }: CheckVerdict): CheckVerdict {
  return { passed, observed, ...(undecided && { undecided }) }
}

export function run(input: unknown, given: Given) {
  const [line] = lines(input)
  if (!line) throw new Error('no line')
  return plain(compileCheck(line).evaluate(reply(given)))
}
