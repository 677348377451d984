import { expect, test } from 'vitest'
import { RetryRecorder } from '../../../src/metrics/counts/retries.ts'

test('steps are counted by how they ended, retries by the longest of their waits', () => {
  const recorder = new RetryRecorder()
  recorder.ended(true, 1)
  recorder.retried(50, null)
  recorder.retried(200, 900)
  recorder.ended(true, 3)
  recorder.retried(100, 400)
  recorder.ended(false, 2)
  expect(recorder.read()).toEqual({
    attempts: 3,
    exchanges: 3,
    firstOk: 1,
    afterRetryOk: 1,
    longestWaitMs: 200,
    longestAskedMs: 900,
  })
})

test('a run that tried nothing again says nothing of it, however many steps it had', () => {
  const recorder = new RetryRecorder()
  recorder.ended(true, 1)
  recorder.ended(false, 1)
  expect(recorder.read()).toBeUndefined()
})
