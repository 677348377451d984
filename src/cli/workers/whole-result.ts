/** Merges the results of all processes of a run into one. */
import type { Checkpoint } from '../../engine/outcome/build-result.ts'
import { withExits } from '../../engine/outcome/verdict.ts'
import { EXIT } from '../../errors.ts'
import { mergeResults } from '../../merge/merge.ts'
import type { Result } from '../../result/schema.ts'
import { type Share, WHOLE } from '../../statistics/parts/share.ts'
import { lostReason, partOfLost } from './lost.ts'

/** What a worker has sent to the run so far. */
interface GivenByWorker {
  /** The number of the worker, from 1. */
  readonly number: number
  /** The result of the worker or, before that, its latest checkpoint; undefined before the first one. */
  readonly result: Result | undefined
  /** Why the worker's process ended before it had sent its result; undefined when it did not. */
  readonly lost: string | undefined
  /** The number of attempts that the worker had planned, by its last message. */
  readonly planned: number
}

/** The number of processes that make a run, and the share of the plan that they make together; the whole plan when `share` is left out. */
interface Made {
  readonly count: number
  readonly share?: Share
}

/**
 * Makes the checkpoint of a whole run from that of the first share (`work`) and the latest ones of the workers. Returns undefined when `work` is
 * stopped early.
 */
export function* wholeCheckpoint(work: Checkpoint, workers: readonly GivenByWorker[], made: Made): Checkpoint {
  const own = yield* work
  if (!own) return undefined
  const { status, verdict, reason, exitCode, exitCodes } = own
  return { ...merged(own, workers, made), status, verdict, reason, exitCode, exitCodes }
}

/**
 * Returns the result of a whole run; `own` is the result of the first share. A lost worker counts with its last checkpoint, and makes the run
 * invalid.
 */
export function wholeResult(own: Result, workers: readonly GivenByWorker[], made: Made): Result {
  const lost = workers.flatMap(({ number, lost: why, result, planned }) =>
    why === undefined ? [] : [{ number, why, planned, counted: result?.total.counts.planned ?? 0 }],
  )
  const whole = merged(own, workers, made)
  if (lost.length === 0) return whole
  const reason = lostReason(lost, made.count)
  const others = whole.validity.reasons.filter(({ code }) => code !== 'missing_part')
  return withExits({ ...whole, validity: { state: 'invalid', reasons: [reason, ...others] } }, [
    { code: EXIT.notValid, why: reason.message },
  ])
}

/**
 * Returns the result of a run whose load never began. It is made from `own`, the result of the first share, because the workers did nothing. `share`
 * is the share of the plan that the run should have made; the whole plan when left out.
 */
export function unbegunResult(own: Result, share?: Share): Result {
  const { shardData } = own
  const { index, count: of } = share ?? WHOLE
  const parts = shardData?.parts.map((part) => ({ ...part, index, of }))
  const first = { ...own, shard: { index, of }, ...(shardData && parts && { shardData: { ...shardData, parts } }) }
  if (share) return first
  const { shards: _, ...whole } = mergeResults([first])
  return { ...whole, reason: own.reason }
}

function merged(own: Result, workers: readonly GivenByWorker[], { count, share }: Made): Result {
  const parts = workers.flatMap(({ result, lost }) => (result ? [lost === undefined ? result : partOfLost(result)] : []))
  return mergeResults([own, ...parts], share ? { shard: { index: share.index, of: share.count } } : { of: count })
}
