/** What a scenario says of its own load is not for the questions to its judge, nor are its secrets. */
import { expect, test } from 'vitest'
import { runScenario } from '../../../src/engine/run-scenario.ts'
import { planOf } from '../../../src/scenario/compile.ts'
import { scenarioSchema } from '../../../src/scenario/schema/schema.ts'
import type { RunInput } from '../../support/run.ts'
import { MemoryTarget, type Reply, runVirtual } from '../../support/virtual.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'

const CHAT = { dialect: 'openai-chat', stream: false } as const

const saying = (content: string): Reply => ({
  headMs: 10,
  headers: { 'content-type': 'application/json' },
  pieces: [[0, JSON.stringify({ choices: [{ message: { role: 'assistant', content } }] })]],
})

/** Forty messages to a chat, and a judge that is asked twelve questions about eight replies. */
function judged(own: object, reply = (n: number) => `reply ${n}`) {
  const chat = new MemoryTarget({ reply: (_, n) => saying(reply(n)) })
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

test('no secret of the run goes to a judge, not even half of one', async () => {
  const secret = 'hunter2-of-the-target'
  const token = 'token-that-setup-got'
  // The middle of a long reply is left out: the cut goes through the secret.
  const long = `${'a'.repeat(8 * 1024 - 10)}${secret}${'b'.repeat(9000)}`
  const { input, grader } = judged(
    {
      setup: [{ request: { path: '/login' }, capture: { accessToken: '$.choices[0].message.content' } }],
      steps: [{ message: `I am ${secret}, with {{accessToken}}` }, { message: 'and then?' }],
    },
    (n) => (n === 0 ? token : n % 2 === 1 ? `you are ${secret}, with ${token}` : long),
  )
  const plan = planOf(scenarioSchema.parse(input), { baseDir: '.', seed: 's', secrets: [secret] })
  const clock = new VirtualClock()
  const { result } = await clock.drive(runScenario(plan, { clock }))
  expect(result.judge).toMatchObject({ sampled: 8, scored: 8 })
  const sent = JSON.stringify(grader.requests.map(({ body }) => body))
  expect(sent).toContain('you are [secret], with [secret]')
  expect(sent).toContain('earlier-message')
  for (const part of [secret, token, secret.slice(0, 8)]) expect(sent).not.toContain(part)
})
