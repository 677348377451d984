/** Arrivals, data, think times, flows and templates draw from streams of their own: a change of one leaves the others as they are. */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { RunInput } from '../support/run.ts'
import { MemoryTarget, runVirtual } from '../support/virtual.ts'

interface Parts {
  readonly arrivals?: unknown
  readonly delay?: unknown
  readonly say?: string
  readonly pick?: string
  readonly failing?: boolean
}

/** What a run did: when iterations were due, how long they thought, which rows, flows and random texts they used. */
interface Drawn {
  readonly arrivals: readonly number[]
  readonly thinking: readonly number[]
  readonly rows: readonly string[]
  readonly flows: readonly string[]
  readonly texts: readonly string[]
}

const sayOf = (body: unknown) => JSON.stringify(body).replace(/[^\w -]/g, '')
const isAgain = (body: unknown) => sayOf(body).endsWith('again')

async function drawn({
  arrivals,
  delay = '20ms..80ms',
  say = '{{randomInt 1 999}}',
  pick = 'random',
  failing,
}: Parts): Promise<Drawn> {
  // Every second step fails at first.
  const target = new MemoryTarget({
    reply: ({ body }, n) => ({ headMs: 1, ...(failing && isAgain(body) && n % 3 === 1 ? { status: 503 } : {}) }),
  })
  const ask = (flow: string) => [
    { request: { say: `${flow} {{orders.order}} ${say}` }, name: `first ${flow}` },
    { delay },
    { request: { say: 'again' }, name: `second ${flow}` },
  ]
  const retry = { max: 1, delay: '1ms', jitter: true }
  const { attempts } = await runVirtual(
    {
      name: 'streams',
      seed: 5,
      target: { url: target.url, protocol: 'memory' as never },
      data: { orders: { file: 'data/orders.csv', pick } },
      // One user at a time, so that no change makes another user take an arrival.
      load: [arrivals ? { rate: '5/s', for: '10s', arrivals, maxUsers: 1 } : { iterations: 50, users: 1 }],
      onError: { default: 'skip', rules: [{ status: 503, do: 'retry', retry }] },
      flows: [
        { name: 'one', weight: 1, steps: ask('one') },
        { name: 'two', weight: 1, steps: ask('two') },
      ],
    } as unknown as RunInput,
    { check: false, baseDir: join(import.meta.dirname, '..', '..', 'scenarios') },
  )
  const words = target.requests.filter(({ body }) => !isAgain(body)).map(({ body }) => sayOf(body).split(' '))
  const tries = attempts.filter(({ attempt }) => attempt === 1).map(({ exchange }) => exchange)
  const firsts = tries.filter((_, i) => i % 2 === 0)
  const thinking = firsts.map((exchange, i) => (tries[2 * i + 1]?.intended ?? Number.NaN) - exchange.endedAt)
  return {
    arrivals: firsts.map(({ intended }) => intended - (firsts[0]?.intended ?? 0)),
    thinking: thinking.map((ms) => Number(ms.toFixed(6))),
    flows: words.map(([flow]) => flow ?? ''),
    rows: words.map(([, row]) => row ?? ''),
    texts: words.map(([, , text]) => text ?? ''),
  }
}
const POISSON = { arrivals: 'poisson' }
const ALL = ['arrivals', 'thinking', 'rows', 'flows', 'texts'] as const

describe('what a change of one leaves as it is', () => {
  test.each<[string, Parts, Parts, readonly (typeof ALL)[number][]]>([
    ['another distribution of think times', POISSON, { delay: { distribution: 'gamma', mean: '9ms', shape: 0.5 } }, ['thinking']],
    ['no think time', POISSON, { delay: '0ms' }, ['thinking']],
    ['templates that draw more', POISSON, { say: '{{randomInt 1 999}}-{{randomInt 1 999}}' }, ['texts']],
    ['another process of arrivals', POISSON, { arrivals: { gamma: { shape: 0.5 } } }, ['arrivals']],
    ['another order of rows', POISSON, { pick: 'shuffle' }, ['rows']],
    ['retries', {}, { failing: true }, ['arrivals']],
  ])('%s', async (_, before, change, changed) => {
    const [one, other] = [await drawn(before), await drawn({ ...before, ...change })]
    for (const what of ALL) {
      const [short, long] = [one[what], other[what]].sort((a, b) => a.length - b.length)
      expect(short?.length).toBeGreaterThan(20)
      if (changed.includes(what)) expect(other[what].slice(0, 20), what).not.toEqual(one[what].slice(0, 20))
      else expect(long?.slice(0, short?.length), what).toEqual(short)
    }
  })
})
