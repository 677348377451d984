import { expect, test } from 'vitest'
import { mappedUsage } from '../../../src/dialects/generic/usage.ts'
import { compilePath } from '../../../src/dialects/parts/path.ts'

const NONE = { input: undefined, cachedInput: undefined, cacheWrite: undefined, output: undefined, reasoning: undefined }
type Context = Parameters<typeof mappedUsage>[2]

test('counts are read at their paths, cached and reasoning ones as parts of the whole', () => {
  const paths = {
    ...NONE,
    input: compilePath('$.in'),
    cachedInput: compilePath('$.cached'),
    output: compilePath('$.out.all'),
    reasoning: compilePath('$.out.hidden'),
  }
  expect(mappedUsage(paths, { in: 10, cached: 4, out: { all: 7, hidden: 2 } }, {} as Context)).toMatchObject({
    inputTokens: 10,
    cachedInputTokens: 4,
    outputTokens: 7,
    reasoningTokens: 2,
    visibleTokens: 5,
  })
})

test('where no path leads to a number, nothing is known', () => {
  expect(mappedUsage(NONE, { in: 10 }, {} as Context)).toBeUndefined()
  expect(mappedUsage({ ...NONE, input: compilePath('$.in') }, { in: 'many' }, {} as Context)).toBeUndefined()
})
