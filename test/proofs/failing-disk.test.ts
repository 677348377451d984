/** Every call of the file system that a run makes fails once: in a short run in each way, and in one that lasts for a checkpoint. */
import { expect, test } from 'vitest'
import { CHECKPOINTED, countCalls, FAILURES, failCall, SHORT } from '../cli/failing-disk.ts'

test.each(FAILURES)('%s, in a short run', { timeout: 1_200_000 }, async (failure) => {
  const { length } = await countCalls(SHORT)
  for (let nth = 1; nth <= length; nth += 1) await failCall({ nth, failure, length: SHORT })
})

test('in a run that lasts for a checkpoint', { timeout: 1_200_000 }, async () => {
  const [short, calls] = [await countCalls(SHORT), await countCalls(CHECKPOINTED)]
  expect(calls.filter(({ name, path }) => name.startsWith('rename') && path.includes('result.json')).length).toBeGreaterThan(1)
  // Both begin alike, and of the short run each call has failed.
  const own = calls.findIndex(({ name }, i) => name !== short[i]?.name)
  for (let i = own; i < calls.length; i += 1)
    await failCall({ nth: i + 1, failure: FAILURES[i % 3] ?? 'EIO', length: CHECKPOINTED })
})
