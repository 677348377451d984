/** Injected faults of a drawn scenario. */
import type { Random } from '../../src/random.ts'

/** Draws entries of `faults` for steps of these names. */
export function drawFaults(random: Random, steps: readonly string[]): Record<string, unknown>[] {
  return Array.from({ length: random.int(1, 3) }, () => ({
    ...kind(random),
    probability: `${random.pick([2, 20, 60, 100])}%`,
    ...window(random),
    ...(random.next() < 0.3 && { steps: [random.pick(steps)] }),
  }))
}

function kind(random: Random): Record<string, unknown> {
  const ms = (most: number) => `${random.int(0, most)}ms`
  const range = (most: number) => (random.next() < 0.5 ? ms(most) : `${ms(5)}..${random.int(5, most)}ms`)
  return random.pick([
    { delay: range(random.pick([20, 400])) },
    { duplicate: random.pick([1, '1..3']), ...(random.next() < 0.5 && { gap: range(60) }) },
    { drift: 'add', path: '$.extra', value: random.int(0, 9) },
    { drift: 'rename', path: '$.n', to: 'moved' },
    { drift: random.pick(['remove', 'retype']), path: random.pick(['$.n', '$.missing']) },
    { timeout: range(random.pick([20, 700])) },
    { status: random.pick<unknown>([500, [429, 503]]), ...(random.next() < 0.3 && { retryAfter: ms(300) }) },
    { corrupt: random.pick([1, '1..8']) },
    { truncate: random.pick(['50%', '1%..100%']) },
    { drop: random.pick(['reset', 'close']), ...(random.next() < 0.5 && { after: range(random.pick([5, 300])) }) },
  ])
}

function window(random: Random): Record<string, unknown> {
  const from = random.int(0, 400)
  return {
    ...(random.next() < 0.2 && { from: `${from}ms` }),
    ...(random.next() < 0.2 && { until: `${from + random.int(1, 400)}ms` }),
  }
}
