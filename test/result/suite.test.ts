import { expect, test } from 'vitest'
import type { Result } from '../../src/result/schema.ts'
import { finishedTest } from '../../src/result/suite.ts'
import { fine } from '../report/results.ts'

const statusOf = (status: Result['status'], failed: number) => {
  const total = { ...fine.total, counts: { ...fine.total.counts, failed } }
  return finishedTest({ number: 1, name: 'a', settings: {}, folder: '01-a' }, { ...fine, status, total }).status
}

test.each([
  ['completed', 0, 'completed'],
  ['completed', 1, 'completed_with_errors'],
  ['failed', 0, 'completed_with_errors'],
  ['aborted', 0, 'stopped'],
  ['aborted', 5, 'stopped'],
] as const)('a test whose run is %s with %i failed attempts is %s', (status, failed, expected) => {
  expect(statusOf(status, failed)).toBe(expected)
})
