/** The n-th call of the file system fails, for a sample of n; test/proofs has every n, and runs that last for a checkpoint. */
import { expect, test } from 'vitest'
import { countCalls, FAILURES, failCall, failEachCallOfReport, SHORT } from './failing-disk.ts'

/** Coprime to the number of ways to fail, so that each call of the sample fails in another way. */
const EVERY = 10

test('a run on such a disk ends as documented, with whole files', { timeout: 60_000 }, async () => {
  const calls = await countCalls(SHORT)
  expect(calls.length).toBeGreaterThan(50)
  for (let nth = 1; nth <= calls.length; nth += EVERY) await failCall({ nth, failure: FAILURES[nth % 3] ?? 'EIO', length: SHORT })
})

test('a report on such a disk says what it could not read or write', { timeout: 60_000 }, async () => {
  expect(await failEachCallOfReport()).toBeGreaterThan(8)
})
