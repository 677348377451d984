/** A scenario, a target with faults and moments of stopping, all drawn from one seed. */
import { createRandom, type Random } from '../../src/random.ts'
import type { MemoryBehaviour, Reply } from '../support/memory-target.ts'
import { drawFaults } from './draw-faults.ts'

export interface Drawn {
  readonly scenario: Record<string, unknown>
  readonly behaviour: MemoryBehaviour
  /** When somebody stops the run, in virtual ms, and once more (which cuts what is in flight); undefined: nobody does. */
  readonly stops: readonly number[]
}

/** The scenario without its target's address. */
export function draw(seed: number): Drawn {
  const random = createRandom(seed, 'simulator')
  const faulted = createRandom(seed, 'faults')
  const pick = <T>(...items: readonly T[]): T => random.pick(items)
  const chance = (share: number) => random.next() < share
  const load = Array.from({ length: random.int(1, 3) }, () => phase(random))
  if (load.every((one) => 'pause' in one || one.warmup || startsNothing(one))) load.push({ users: 2, for: '300ms' })
  const graceful = pick('0s', '50ms', '2s')
  const walk = [ask(random), ...steps(random, 2)]
  const scenario = {
    name: `seed ${seed}`,
    seed,
    load,
    graceful,
    steps: walk,
    ...(faulted.next() < 0.5 && { faults: drawFaults(faulted, namesIn(walk)) }),
    ...(chance(0.3) && { iterationTimeout: pick('30ms', '200ms', '2s') }),
    ...(chance(0.4) && { onError: onError(random) }),
    ...(chance(0.2) && {
      thresholds: [{ threshold: pick('failed count < 3', 'errors ratio < 30%', 'cost sum <= 1'), abort: true }],
    }),
    ...(chance(0.2) && { setup: [{ request: say('setup'), name: 'set up' }] }),
    ...(chance(0.2) && { teardown: [{ request: say('teardown'), name: 'tear down' }] }),
  }
  const stops = chance(0.3) ? [random.int(0, 900), ...(chance(0.5) ? [random.int(0, 300)] : [])] : []
  return { scenario, behaviour: behaviour(random), stops }
}

const startsNothing = ({ users }: Record<string, unknown>) => JSON.stringify(users) === '{"from":0,"to":0}'

function phase(random: Random): Record<string, unknown> {
  const length = `${random.int(1, 12) * 50}ms`
  const users = random.int(1, 5)
  const pace = random.next() < 0.3 ? { pace: `${random.int(1, 30)}/s` } : {}
  const crowd = { maxUsers: random.int(1, 6), whenFull: random.pick(['queue', 'drop']) }
  const gamma = { arrivals: { gamma: { shape: random.pick([0.2, 1, 9]) } } }
  const more = random.next() < 0.2 ? { warmup: true } : {}
  const shapes: Record<string, unknown>[] = [
    { users, for: length, ...pace },
    { users: { from: random.int(0, 5), to: random.int(0, 5) }, for: length, ...pace },
    { iterations: random.int(1, 20), users, ...(random.next() < 0.3 && { for: length }) },
    { iterationsPerUser: random.int(1, 5), users },
    { rate: `${random.int(1, 60)}/s`, for: length, arrivals: random.pick(['constant', 'poisson']), ...crowd },
    { rate: { from: `${random.int(0, 40)}/s`, to: `${random.int(1, 40)}/s` }, for: length, ...crowd },
    {
      rate: { from: `${random.int(0, 9)}/s`, step: `${random.int(1, 20)}/s`, to: `${random.int(10, 60)}/s`, every: '50ms' },
      ...crowd,
    },
    { rate: { mean: '30/s', amplitude: `${random.int(1, 30)}/s`, period: `${random.int(50, 500)}ms` }, for: length, ...crowd },
    { rate: { base: `${random.int(0, 9)}/s`, burst: '90/s', every: '20ms', for: '9ms' }, for: length, ...gamma, ...crowd },
    { users: { from: random.int(0, 3), step: 1, to: random.int(4, 6), every: '60ms' }, ...pace },
    { users: { mean: users, amplitude: random.int(1, users), period: '100ms' }, for: length, ...pace },
    { pause: length },
  ]
  const shape = random.pick(shapes)
  return 'pause' in shape ? shape : { ...shape, ...more }
}

function steps(random: Random, depth: number): Record<string, unknown>[] {
  return Array.from({ length: random.int(1, 3) }, () => step(random, depth))
}

function step(random: Random, depth: number): Record<string, unknown> {
  const kind = random.int(0, depth > 0 ? 9 : 6)
  if (kind === 6) return { delay: random.pick([`${random.int(0, 60)}ms`, `1ms..${random.int(1, 60)}ms`]) }
  if (kind === 7)
    return { if: `iteration.index % 2 == ${random.int(0, 1)}`, then: steps(random, depth - 1), else: steps(random, depth - 1) }
  if (kind === 8) return { loop: { times: random.int(0, 3), steps: steps(random, depth - 1) } }
  if (kind === 9) return { set: { a: '{{iteration.index}}' } }
  return ask(random)
}

/** A request that has an id, which its copies share. */
const say = (text: string) => ({ say: { text, n: 1 }, headers: { id: '{{uuid}}' } })

/** The names of all steps that ask something, in the order of the steps. */
function namesIn(steps: readonly unknown[]): string[] {
  const found = /"name":"(ask [^"]*)"/g
  return [...new Set([...JSON.stringify(steps).matchAll(found)].map(([, name = '']) => name))]
}

function ask(random: Random): Record<string, unknown> {
  return {
    request: say(random.next() < 0.2 ? '{{div 1 iteration.index}}' : 'hello'),
    name: `ask ${random.word()}`,
    ...(random.next() < 0.3 && { expect: [{ contains: 'a' }] }),
    ...(random.next() < 0.2 && { capture: { got: '$.a' } }),
    ...(random.next() < 0.3 && { onError: onError(random) }),
  }
}

function onError(random: Random): unknown {
  const word = random.pick(['skip', 'abort', 'stop', 'retry', 'waits'])
  if (word !== 'waits') return word
  const retry = { max: random.int(1, 3), delay: `${random.int(0, 40)}ms`, jitter: random.next() < 0.5 }
  return { default: 'skip', rules: [{ status: 503, do: 'retry', retry }] }
}

/** Each target has its own share of faults; what one request comes to is drawn anew. */
function behaviour(random: Random): MemoryBehaviour {
  const faults = random.pick([0, 0, 0.1, 0.5, 1])
  const slowest = random.pick([0, 5, 80, 400])
  return {
    welcome: () => ({ afterMs: random.int(0, random.pick([0, 2, 150])), refused: random.next() < faults / 4 }),
    reply: () => (random.next() < faults ? fault(random, slowest) : good(random, slowest)),
  }
}

function good(random: Random, slowest: number): Reply {
  const pieces = Array.from(
    { length: random.int(0, 4) },
    () => [random.int(0, slowest), random.pick(['a', '{"a":1}', ''])] as const,
  )
  // A target that takes no time at all would be asked without end at one moment.
  return { headMs: random.int(1, 1 + slowest), pieces }
}

function fault(random: Random, slowest: number): Reply {
  const ms = random.int(1, 1 + slowest)
  return random.pick<Reply>([
    {},
    { headMs: ms, end: 'hang' },
    { headMs: ms, pieces: [[ms, 'a']], end: 'hang' },
    { headMs: ms, pieces: [[ms, 'a']], end: 'lost' },
    { headMs: ms, end: 'lost' },
    { headMs: ms, status: 503, headers: { 'retry-after': random.pick(['0', '1', 'soon']) } },
    { headMs: ms, status: 500, pieces: [[0, 'no']] },
  ])
}
