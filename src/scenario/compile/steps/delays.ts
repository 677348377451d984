/** Compiles think times to functions that draw a time in ms. */
import type * as z from 'zod'
import type { Random } from '../../../random.ts'
import type { delaySchema } from '../../schema/step/delay.ts'

/** Longest think time that is drawn from a distribution without a maximum of its own, in multiples of its mean or median. */
const TAIL = 20

/**
 * Compiles a `delay` block to a function that returns one think time in ms. The time is never negative. From a distribution other than `uniform` it
 * is at most the block's `max`, by default 20 times the mean or median.
 */
export function compileDelay(delay: z.output<typeof delaySchema>): (random: Random) => number {
  switch (delay.distribution) {
    case 'uniform':
      return delay.from === delay.to ? () => delay.from : (random) => delay.from + random.next() * (delay.to - delay.from)
    case 'normal':
      return bounded(delay.max ?? delay.mean * TAIL, (random) => random.normal(delay.mean, delay.sd))
    case 'lognormal':
      return bounded(delay.max ?? delay.median * TAIL, (random) => delay.median * Math.exp(random.normal(0, delay.sigma)))
    case 'exponential':
      return bounded(delay.max ?? delay.mean * TAIL, (random) => random.exponential(delay.mean))
    case 'gamma':
      return bounded(delay.max ?? delay.mean * TAIL, (random) => random.gamma(delay.shape, delay.mean))
  }
}

const bounded = (max: number, draw: (random: Random) => number) => (random: Random) => Math.min(max, Math.max(0, draw(random)))
