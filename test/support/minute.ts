import { createRandom } from '../../src/random.ts'
import type { Result } from '../../src/result/schema.ts'
import { MemoryTarget, runVirtual } from './virtual.ts'

const results = new Map<number, Promise<Result>>()

/** The result of a minute in virtual time, with 3,000 requests to a target that is `slower` times as slow as others. */
export function minuteOf(slower: number): Promise<Result> {
  const known = results.get(slower) ?? measured(slower)
  results.set(slower, known)
  return known
}

async function measured(slower: number): Promise<Result> {
  const random = createRandom('target', String(slower))
  const target = new MemoryTarget({ reply: () => ({ headMs: 200 * slower * Math.exp(random.normal(0, 0.5)) }) })
  const { result } = await runVirtual({
    name: 'compared',
    target: { protocol: 'memory', url: target.url },
    load: [{ rate: '50/s', for: '60s' }],
    steps: [{ request: { path: '/' } }],
  })
  return result
}
