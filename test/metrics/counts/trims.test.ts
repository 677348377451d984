import { expect, test } from 'vitest'
import { TrimRecorder } from '../../../src/metrics/counts/trims.ts'

test('requests that left turns out, and how many; the others are none', () => {
  const recorder = new TrimRecorder()
  recorder.add(0)
  expect(recorder.read('chars/4')).toBeUndefined()
  recorder.add(2)
  recorder.add(0)
  recorder.add(3)
  expect(recorder.read('chars/4')).toEqual({ trimmedTurns: 5, trimmedRequests: 2, estimator: 'chars/4' })
})
