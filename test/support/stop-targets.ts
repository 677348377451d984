/** Targets in memory for tests of `stopWhen`: one that becomes saturated, and one that never does. */
import { createRandom } from '../../src/random.ts'
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
