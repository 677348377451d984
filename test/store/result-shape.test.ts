/** A result without one of its keys is told by that key, whoever reads it; `burn schema result` has every key that a run writes. */
import { expect, test } from 'vitest'
import type { Result } from '../../src/result/schema.ts'
import { resultJsonSchema } from '../../src/store/result-schema.ts'
import { misfitOfResult } from '../../src/store/result-shape.ts'
import { chat, Home, mockFor, OUT } from '../cli/harness.ts'
import { fine, thresholdFailed } from '../report/results.ts'

/** Left out where there is nothing to tell. */
const OPTIONAL = ['retries', 'conversationWindow']
const keys = Object.keys(fine).filter((key) => !OPTIONAL.includes(key))

test.each(keys)('without %s', (key) => {
  const { [key as keyof Result]: _gone, ...rest } = fine
  expect(misfitOfResult(fine)).toBeUndefined()
  expect(misfitOfResult(rest)).toBe(key)
  expect(misfitOfResult({ ...fine, [key]: Symbol('odd') })).toBe(key)
})

test('burn report: exit 6, and the key', async () => {
  const home = new Home()
  for (const key of ['labels', 'warnings']) {
    const file = home.write(`${key}.json`, { ...fine, [key]: undefined })
    for (const format of ['console', 'md', 'junit']) {
      const { code, stderr } = await home.burn(['report', file, '--format', format])
      expect([code, stderr]).toEqual([6, expect.stringContaining(key)])
    }
  }
})

test('every key of a real result is in the schema', async () => {
  const home = new Home()
  const mock = await mockFor()
  await home.burn(['run', home.write('s.json', chat(mock.url)), ...OUT, '--log', 'none'])
  const properties = Object.keys(resultJsonSchema().properties as object)
  expect(Object.keys(home.result()).filter((key) => !properties.includes(key))).toEqual([])
  expect(misfitOfResult(thresholdFailed)).toBeUndefined()
})
