/** The schema of think times: fixed, a range, or drawn from a distribution. */
import * as z from 'zod'
import { duration, lateObject } from '../../../fields.ts'
import { parseDuration } from '../../../text/units.ts'

const RANGE = /^\s*(\S+?)\s*\.\.\s*(\S+)\s*$/

/** The schema of a think time such as "500ms" or "1s..3s"; its output is the shortest and longest time in ms. */
const delayText = z.string('expected a duration such as 500ms, or a range such as 1s..3s').transform((text, context) => {
  const [, low = text, high = text] = RANGE.exec(text) ?? []
  const from = parseDuration(low)
  const to = parseDuration(high)
  if (from !== undefined && to !== undefined && from <= to) return { distribution: 'uniform' as const, from, to }
  context.addIssue({
    code: 'custom',
    message: `expected a duration such as 500ms, or a range such as 1s..3s, got "${text.slice(0, 40)}"`,
  })
  return z.NEVER
})

const named = <Name extends string>(name: Name) =>
  z
    .literal(name)
    .describe(
      'How think times are distributed; gamma has the mean and a shape: below 1 many short and a few long ones, above 1 more even',
    )
const mean = () => duration().describe('Mean think time')
const max = () => duration().optional().describe('Longest think time; left out: 20 times the mean or median')

/** Returns the arguments of `refine` for the rule that the longest think time is not below the mean or median. */
const maxAbove = <Center extends 'mean' | 'median'>(center: Center) =>
  [
    (delay: { readonly max?: number | undefined } & { readonly [key in Center]: number }) =>
      delay.max === undefined || delay.max >= delay[center],
    { path: ['max'], message: `must not be below \`${center}\`` },
  ] satisfies [unknown, unknown]

/** The schema of a think time: fixed, a range, or drawn from a distribution. */
export const delaySchema = z.union([
  delayText,
  lateObject(() => ({
    distribution: named('uniform'),
    from: duration().describe('Shortest think time'),
    to: duration().describe('Longest think time'),
  })).refine(({ from, to }) => from <= to, { path: ['to'], message: 'must not be below `from`' }),
  lateObject(() => ({
    distribution: named('normal'),
    mean: mean(),
    sd: duration().describe('Standard deviation'),
    max: max(),
  })).refine(...maxAbove('mean')),
  lateObject(() => ({
    distribution: named('lognormal'),
    median: duration().describe('Median think time'),
    sigma: z.number().min(0).max(5).describe('Standard deviation of the logarithm'),
    max: max(),
  })).refine(...maxAbove('median')),
  lateObject(() => ({ distribution: named('exponential'), mean: mean(), max: max() })).refine(...maxAbove('mean')),
  lateObject(() => ({
    distribution: named('gamma'),
    mean: mean(),
    shape: z.number().min(0.01).max(1000).describe('Shape: the standard deviation is mean ÷ √shape'),
    max: max(),
  })).refine(...maxAbove('mean')),
])
