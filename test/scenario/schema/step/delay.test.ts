/** Think times that a scenario may state. */
import { expect, test } from 'vitest'
import { delaySchema } from '../../../../src/scenario/schema/step/delay.ts'

test('a range that ends below its start is refused', () => {
  const { error } = delaySchema.safeParse({ distribution: 'uniform', from: '3s', to: '1s' })
  expect(error?.issues.map(({ message, path }) => [path.join('.'), message])).toEqual([['to', 'must not be below `from`']])
})

test.each([
  [{ distribution: 'normal', mean: '2s', sd: '1s' }, 'mean'],
  [{ distribution: 'lognormal', median: '2s', sigma: 1 }, 'median'],
  [{ distribution: 'exponential', mean: '2s' }, 'mean'],
  [{ distribution: 'gamma', mean: '2s', shape: 1 }, 'mean'],
])('%j: the longest think time is not below the center', (delay, center) => {
  const messages = (max: string) => JSON.stringify(delaySchema.safeParse({ ...delay, max }).error?.issues ?? [])
  expect(messages('1999ms')).toContain(`must not be below \`${center}\``)
  expect(messages('2s')).toBe('[]')
})
