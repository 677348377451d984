/** Merges the results of all processes of a run into one. */
import type { Checkpoint } from '../../engine/outcome/build-result.ts'
import { withExits } from '../../engine/outcome/verdict.ts'
import { EXIT } from '../../errors.ts'
import { mergeResults } from '../../merge/merge.ts'
import type { Result } from '../../result/schema.ts'
import { type Share, WHOLE } from '../../statistics/parts/share.ts'
import { lostReason, partOfLost } from './lost.ts'

/** What a worker has sent so far. */
interface GivenByWorker {
  /** Its number, from 1. */
  readonly number: number
  /** Its result, or the latest checkpoint; undefined before the first. */
  readonly result: Result | undefined
  /** Why its process ended before it had sent its result; undefined when it did not. */
  readonly lost: string | undefined
  /** Number of attempts that it had planned, by its last message. */
  readonly planned: number
}

/** How many processes make a run, and what they make of the plan; left out: the whole. */
interface Made {
  readonly count: number
  readonly share?: Share
}

/**
 * Makes the checkpoint of a whole run from that of the first share (`work`) and the latest ones of the workers. Undefined when `work` is stopped
 * before its end.
 */
export function* wholeCheckpoint(work: Checkpoint, workers: readonly GivenByWorker[], made: Made): Checkpoint {
  const own = yield* work
  if (!own) return undefined
  const { status, verdict, reason, exitCode, exitCodes } = own
  return { ...merged(own, workers, made), status, verdict, reason, exitCode, exitCodes }
}

/** Returns the result of a whole run; `own` is that of the first share. A lost worker counts by its last checkpoint, and makes the run invalid. */
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
 * Returns the result of a run whose load never began: `own`, the result of the first share, stands for all of `share` (left out: for the whole
 * plan) because the workers have done nothing.
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
