/** Targets in memory for tests of `stopWhen`: one that becomes saturated, and one that never does. */
import { createRandom } from '../../src/random.ts'
import type { RunInput } from './run.ts'
import { MemoryTarget } from './virtual.ts'

/** Eight servers with a mean service of 1 s, whose requests wait in their order. */
export function queue() {
  const random = createRandom('stop-when', 'queue')
  const free = Array.from({ length: 8 }, () => 0)
  return new MemoryTarget({
    reply: ({ at }) => {
      const server = free.indexOf(Math.min(...free))
      const done = Math.max(at, free[server] ?? 0) + random.exponential(1000)
      free[server] = done
      return { headMs: done - at }
    },
  })
}

/** Answers after an exponential time with a mean of 100 ms, however many ask. */
export function steady() {
  const random = createRandom('stop-when', 'steady')
  return new MemoryTarget({ reply: () => ({ headMs: random.exponential(100) }) })
}

/** A scenario against a target, of which `own` says the load and when it stops. */
export const stopScenario = ({ url }: MemoryTarget, own: object): RunInput =>
  ({
    name: 'stop',
    target: { url },
    steps: [{ request: { json: {} }, name: 'ask' }],
    thresholds: ['errors ratio < 50%'],
    graceful: '5m',
    ...own,
  }) as RunInput
