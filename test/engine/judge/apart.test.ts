/** What a scenario says of its own load is not for the questions to its judge. */
import { expect, test } from 'vitest'
import type { RunInput } from '../../support/run.ts'
import { MemoryTarget, type Reply, runVirtual } from '../../support/virtual.ts'

const CHAT = { dialect: 'openai-chat', stream: false } as const

const saying = (content: string): Reply => ({
  headMs: 10,
  headers: { 'content-type': 'application/json' },
  pieces: [[0, JSON.stringify({ choices: [{ message: { role: 'assistant', content } }] })]],
})

/** Forty messages to a chat, and a judge that is asked twelve questions about eight replies. */
function judged(own: object) {
  const chat = new MemoryTarget({ reply: (_, n) => saying(`reply ${n}`) })
  const grader = new MemoryTarget({ reply: () => saying('{"reason":"fine","score":4}') })
  const input = {
    name: 'judged',
    target: { url: chat.url, ...CHAT },
    load: [{ iterations: 40, users: 1 }],
    steps: [{ message: 'question' }],
    judge: { target: { url: grader.url, model: 'grader', ...CHAT }, sample: 8, askTwice: 4, concurrency: 1 },
    ...own,
  } as RunInput
  return { input, grader }
}

test.each([
  ['budget', { budget: { requests: 8 } }],
  ['faults', { faults: [{ status: [500], probability: '50%' }] }],
])('a judge is not under the %s of the run', async (_, own) => {
  const { input, grader } = judged(own)
  const { result } = await runVirtual(input, { seed: 'seed' })
  expect(result.total.counts.ok).toBeLessThan(40)
  expect(result.judge).toMatchObject({ sampled: 8, asked: 12, scored: 8, failed: 0, stopped: null })
  expect(grader.requests).toHaveLength(12)
})
