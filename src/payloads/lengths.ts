/** Lengths in tokens, and numbers of rounds: each is a fixed number, or drawn from a distribution. */
import * as z from 'zod'
import { lateObject, whole } from '../fields.ts'
import { compileTemplate, type Template, TemplateError } from '../language/template/template.ts'
import { createRandom, type Random } from '../random.ts'

const MOST = 10_000_000
/** The standard normal distribution exceeds these values with a probability of 5 % and 1 %. */
const [Z95, Z99] = [1.6449, 2.3263]
/** How often a length below `min` is drawn again. After that it is set to `min`. */
const MAX_DRAWS = 100

const size = (what: string) => z.number().positive().max(MOST).describe(what)
const bounds = () => ({
  min: whole(1, MOST).optional().describe('Smallest length; a smaller one is drawn again. Default 1'),
  max: whole(1, MOST).optional().describe('Largest length; a larger one is set to it'),
})
const weight = () => z.number().positive().max(1e9).default(1).describe('How often, against the weights of the others')

/** The bounds (min, max) that every kind of distribution can have. */
interface LengthBounds {
  readonly min?: number | undefined
  readonly max?: number | undefined
}

const inOrder = [
  ({ min = 1, max = MOST }: LengthBounds) => min <= max,
  { path: ['max'], message: 'must not be below `min`' },
] satisfies [unknown, unknown]

const normal = lateObject(() => ({
  mean: size('Mean'),
  sd: z.number().min(0).max(MOST).describe('Standard deviation'),
  ...bounds(),
})).refine(...inOrder)
const logNormal = lateObject(() => ({
  mean: size('Mean; above the median, as a few long ones pull it up'),
  median: size('Median'),
  ...bounds(),
}))
  .refine(({ mean, median }) => mean >= median, { path: ['mean'], message: 'must not be below `median`' })
  .refine(...inOrder)
const upTo95 = lateObject(() => ({ p50: size('Median'), p95: size('Value that 5 % exceed'), ...bounds() }))
  .refine(({ p50, p95 }) => p95 >= p50, { path: ['p95'], message: 'must not be below `p50`' })
  .refine(...inOrder)
const upTo99 = lateObject(() => ({ p50: size('Median'), p99: size('Value that 1 % exceeds'), ...bounds() }))
  .refine(({ p50, p99 }) => p99 >= p50, { path: ['p99'], message: 'must not be below `p50`' })
  .refine(...inOrder)
const points = lateObject(() => ({
  points: z
    .array(lateObject(() => ({ value: whole(1, MOST).describe('A value'), weight: weight() })))
    .min(1)
    .max(10_000)
    .describe('Values that occur, each as often as its weight says'),
}))
const peaks = lateObject(() => ({
  peaks: z
    .array(
      lateObject(() => ({
        mean: size('Mean at this peak'),
        sd: z.number().min(0).max(MOST).describe('Standard deviation'),
        weight: weight(),
      })),
    )
    .min(1)
    .max(100)
    .describe('Several normal distributions, each as often as its weight says'),
  ...bounds(),
})).refine(...inOrder)
const exponential = lateObject(() => ({
  exponential: size('Mean of an exponential distribution: 5 % are three times as long and longer'),
  ...bounds(),
})).refine(...inOrder)
const even = lateObject(() => ({
  min: whole(1, MOST).describe('Least'),
  max: whole(1, MOST).describe('Largest length; all between are equally likely'),
})).refine(...inOrder)

/** The schema of a length in tokens: a whole number, or an object that describes a distribution, such as `{ mean: 200, sd: 50 }`. */
export const lengthSchema = z.union([whole(1, MOST), normal, logNormal, upTo95, upTo99, points, peaks, exponential, even])

/** A length in tokens after validation: a number, or a distribution. */
export type LengthSpec = z.output<typeof lengthSchema>

/** Draws lengths in tokens (of prompts or replies) at random, from one distribution. */
export interface Lengths {
  /** Returns the next length, a whole number of at least 1. */
  draw(random: Random): number
  /** The largest length that can be drawn; undefined when the scenario does not limit it (it is then 10 million). */
  readonly most: number | undefined
  /** A description of the distribution by its keys: `mean 5, sd 2`. */
  readonly words: string
}

/**
 * Describes a distribution, such as that of prompt lengths, in words: `mean 5, sd 2`. A list in it, such as its points, is described by its length:
 * `3 points`.
 */
export function distributionWords(spec: object): string {
  const parts = Object.entries(spec).map(([key, value]) =>
    Array.isArray(value) ? `${value.length} ${key}` : `${key} ${String(value)}`,
  )
  return parts.join(', ')
}

/** Returns the object that draws lengths in tokens from a distribution; for a fixed number it always returns that number. */
export function lengthsOf(spec: LengthSpec): Lengths {
  if (typeof spec === 'number') return { draw: () => spec, most: spec, words: String(spec) }
  const words = distributionWords(spec)
  if ('points' in spec) {
    const choices = spec.points
    const draw = (random: Random) => choices[random.pickWeighted(choices)]?.value ?? 1
    return { draw, most: choices.reduce((most, { value }) => Math.max(most, value), 0), words }
  }
  const { min = 1, max } = spec
  const drawOnce = drawerOf(spec)
  const draw = (random: Random) => {
    let drawn = drawOnce(random)
    for (let tries = 1; drawn < min && tries < MAX_DRAWS; tries += 1) drawn = drawOnce(random)
    return Math.round(Math.min(max ?? MOST, Math.max(min, drawn)))
  }
  return { draw, most: max, words }
}

/** Returns a function that draws one number; the bounds of the distribution are not applied to it. */
function drawerOf(spec: Exclude<LengthSpec, number | { points: unknown }>): (random: Random) => number {
  if ('peaks' in spec) {
    const { peaks: all } = spec
    return (random) => {
      const peak = all[random.pickWeighted(all)]
      return random.normal(peak?.mean ?? 0, peak?.sd ?? 0)
    }
  }
  if ('sd' in spec) return (random) => random.normal(spec.mean, spec.sd)
  // Of a log-normal distribution, mean ÷ median is e^(σ²/2), and a quantile ÷ median is e^(zσ).
  if ('median' in spec) return logNormalOf(spec.median, Math.sqrt(2 * Math.log(spec.mean / spec.median)))
  if ('p95' in spec) return logNormalOf(spec.p50, Math.log(spec.p95 / spec.p50) / Z95)
  if ('p99' in spec) return logNormalOf(spec.p50, Math.log(spec.p99 / spec.p50) / Z99)
  if ('exponential' in spec) return (random) => random.exponential(spec.exponential)
  return (random) => random.int(spec.min, spec.max)
}

function logNormalOf(median: number, sigma: number): (random: Random) => number {
  return (random) => median * Math.exp(random.normal(0, sigma))
}

/** A length in tokens that is drawn from a distribution, or given by a template that is rendered for each use. */
export type AskedLength = { readonly lengths: Lengths } | { readonly template: Template }

/**
 * Compiles a length (in tokens) that the scenario sets for prompts or replies: a number or distribution becomes an object that draws lengths, a text
 * becomes a template.
 * @throws TemplateError for a template that cannot be compiled
 */
export function askedLengthOf(spec: LengthSpec | string): AskedLength {
  return typeof spec === 'string' ? { template: compileTemplate(spec) } : { lengths: lengthsOf(spec) }
}

/** Gives one simulated user the length, in tokens, of its next prompt or reply: drawn from a distribution, or rendered from a template. */
export class UserLengths {
  private readonly asked: AskedLength
  private readonly random: Random

  /** `purpose` is a name from which, with seed and user, the stream of random numbers for these lengths follows. */
  constructor(asked: AskedLength, seed: string, purpose: string, user: number) {
    this.asked = asked
    this.random = createRandom(seed, purpose, user)
  }

  /** Makes the object that gives one user its lengths; undefined when no lengths are asked for. */
  static of(asked: AskedLength | undefined, ...user: [seed: string, purpose: string, user: number]): UserLengths | undefined {
    return asked && new UserLengths(asked, ...user)
  }

  /**
   * Returns the next length; undefined when a template renders to an empty text or 0. `random` is the random stream that templates use. @throws
   * TemplateError when a template does not render to a whole number
   */
  next(scope: Readonly<Record<string, unknown>>, random: Random): number | undefined {
    if ('lengths' in this.asked) return this.asked.lengths.draw(this.random)
    const text = this.asked.template.render(scope, random).trim()
    const length = text === '' ? 0 : Number(text)
    if (Number.isSafeInteger(length) && length >= 0) return length === 0 ? undefined : length
    throw new TemplateError(`expected a whole number of tokens, got ${JSON.stringify(text.slice(0, 40))}`)
  }
}
