/** Runs in virtual time whose replies a judge model scores. */
import type { RunInput } from '../../support/run.ts'
import { type MemoryRequest, MemoryTarget, type Reply, runVirtual } from '../../support/virtual.ts'

/** A complete reply; each has 10 input tokens and 5 output tokens, unless `usage` is false. */
export const saying = (content: string, { ms = 10, usage = true } = {}): Reply => ({
  headMs: ms,
  headers: { 'content-type': 'application/json' },
  pieces: [
    [
      0,
      JSON.stringify({
        choices: [{ message: { role: 'assistant', content }, finish_reason: 'stop' }],
        ...(usage ? { usage: { prompt_tokens: 10, completion_tokens: 5 } } : {}),
      }),
    ],
  ],
})

export const scoring = (score: number, options?: { readonly ms?: number; readonly usage?: boolean }) =>
  saying(JSON.stringify({ reason: 'because', score }), options)

export const CHAT = { dialect: 'openai-chat', stream: false } as const

/** An answer costs 0.01: 10 input tokens at a thousandth. */
export const PRICES = { inputPer1M: 1000, outputPer1M: 0, currency: 'EUR' }

export interface Setting {
  readonly chat: MemoryTarget
  readonly grader: MemoryTarget
  readonly input: RunInput
}

/** Twenty replies of a chat, and a judge that answers question `n` with `reply(n)`. */
export function setting(
  reply: (n: number, request: MemoryRequest) => Reply,
  judge: object = {},
  own: object = {},
  chatReply = (n: number): Reply => saying(`reply ${n}`),
): Setting {
  const chat = new MemoryTarget({ reply: (_, n) => chatReply(n) })
  const grader = new MemoryTarget({ reply: (request, n) => reply(n, request) })
  const input = {
    name: 'judged',
    target: { url: chat.url, ...CHAT, pricing: { ...PRICES, inputPer1M: 1 } },
    load: [{ iterations: 20, users: 1 }],
    steps: [{ message: 'question {{iteration.index}}' }],
    judge: { target: { url: grader.url, model: 'grader', ...CHAT }, sample: 8, askTwice: 0, ...judge },
    ...own,
  } as RunInput
  return { chat, grader, input }
}

export const run = async (made: Setting) => (await runVirtual(made.input, { seed: 'seed' })).result
