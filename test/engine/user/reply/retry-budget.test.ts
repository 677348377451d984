/** `retry.budget`: retries cannot double the load of a target that fails. */
import { expect, test } from 'vitest'
import { RetryBudgets } from '../../../../src/engine/user/reply/retry-budget.ts'
import { MemoryTarget, runVirtual } from '../../../support/virtual.ts'

test('one retry for each five first attempts, and none of another target', () => {
  const budgets = new RetryBudgets()
  const asked = Array.from({ length: 20 }, () => {
    budgets.first(0)
    return budgets.take(0, 0.2)
  })
  expect(asked.flatMap((may, i) => (may ? [i + 1] : []))).toEqual([5, 10, 15, 20])
  expect(budgets.take(1, 0.2)).toBe(false)
})

test('a long time without failures saves up the retries of a hundred attempts, and no more', () => {
  const budgets = new RetryBudgets()
  for (let i = 0; i < 10_000; i += 1) budgets.first(0)
  expect(Array.from({ length: 50 }, () => budgets.take(0, 0.2)).filter(Boolean)).toHaveLength(20)
})

function run(budget: string | undefined, target: MemoryTarget) {
  return runVirtual({
    name: 'budget',
    target: { url: target.url },
    load: [{ rate: '50/s', for: '4s' }],
    onError: { default: 'retry', retry: { max: 3, delay: '10ms', jitter: false, budget } },
    steps: [{ request: { json: {} } }],
  } as never)
}

// Four of the others' retries would come after the end of the load.
test('a target that fails gets a fifth more, and not four times the load', async () => {
  const [bound, free] = [0, 1].map(() => new MemoryTarget({ reply: () => ({ headMs: 5, status: 503 }) }))
  const { result } = await run('20%', bound as MemoryTarget)
  await run(undefined, free as MemoryTarget)
  expect([bound?.requests.length, free?.requests.length]).toEqual([240, 796])
  expect(result.retries).toMatchObject({ attempts: 40, exchanges: 200, firstOk: 0, afterRetryOk: 0, overBudget: 200 })
})

test('what is within the budget is tried again as without it', async () => {
  const reply = (n: number) => ({ headMs: 5, status: n % 20 === 19 ? 503 : 200 })
  const [bound, free] = [0, 1].map(() => new MemoryTarget({ reply: (_, n) => reply(n) }))
  const { result } = await run('20%', bound as MemoryTarget)
  const { result: other } = await run(undefined, free as MemoryTarget)
  expect(result.retries).toEqual(other.retries)
  expect(result.retries).toMatchObject({ exchanges: 200, afterRetryOk: 10 })
})

test('an iteration that took too long takes no retry out of the budget', async () => {
  const target = new MemoryTarget({ reply: () => ({ headMs: 1000, status: 200 }) })
  const { result } = await runVirtual({
    name: 'late',
    target: { url: target.url },
    iterationTimeout: '100ms',
    load: [{ iterations: 30, users: 1 }],
    onError: { default: 'retry', retry: { max: 3, delay: '10ms', jitter: false, budget: '20%' } },
    steps: [{ request: { json: {} } }],
  } as never)
  expect(result.errors).toMatchObject([{ class: 'timeout_iteration', count: 30 }])
  expect(result.retries?.overBudget).toBeUndefined()
})
