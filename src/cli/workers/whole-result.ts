/** Merges the results of all processes of a run into one. */
import type { Checkpoint } from '../../engine/outcome/build-result.ts'
import { withExits } from '../../engine/outcome/verdict.ts'
import { iterationsDue } from '../../engine/schedule/planned-iterations.ts'
import { planOfShare } from '../../engine/share/plan-of-share.ts'
import { EXIT } from '../../errors.ts'
import { mergeResults } from '../../merge/merge.ts'
import type { Result } from '../../result/schema.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { type Share, shareWithin, WHOLE } from '../../statistics/parts/share.ts'
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
  /** When that message was sent, in ms since the run began; 0 when none came. */
  readonly reportedMs: number
  /** The live figures in that message, with the arrivals that waited for a free user; undefined when none came. */
  readonly view: { readonly waiting: number } | undefined
  /** When its process ended, on the monotonic clock in ms; undefined while it goes on. */
  readonly endedAt: number | undefined
}

/** The number of processes that make a run, and the share of the plan that they make together; the whole plan when `share` is left out. */
interface ProcessShare {
  readonly count: number
  readonly share?: Share
}

/** The run that was made, and when its load began, on the monotonic clock in ms. */
interface MadeRun extends ProcessShare {
  readonly plan: Plan
  readonly beganAt: number
}

/**
 * Builds the checkpoint (result so far) of a run with several processes. It first runs `work`, which builds the checkpoint of the main process in
 * small pieces, and then merges this with the latest checkpoint of each worker. Returns undefined when `work` was stopped before its end.
 */
export function* wholeCheckpoint(work: Checkpoint, workers: readonly GivenByWorker[], made: ProcessShare): Checkpoint {
  const own = yield* work
  if (!own) return undefined
  const { status, verdict, reason, exitCode, exitCodes } = own
  return { ...merged(own, workers, made), status, verdict, reason, exitCode, exitCodes }
}

/**
 * Returns the result of a run that several processes made: merges the result of the main process (`own`) with those of the workers. A lost worker
 * counts with its last checkpoint (result so far) and makes the run invalid.
 */
export function wholeResult(own: Result, workers: readonly GivenByWorker[], made: MadeRun): Result {
  const lost = workers.flatMap((worker) => lostOf(worker, made))
  const whole = merged(own, workers, made)
  if (lost.length === 0) return whole
  const reason = lostReason(lost, made.count)
  const others = whole.validity.reasons.filter(({ code }) => code !== 'missing_part')
  const reasons = [reason, ...others]
  const ended = withExits({ ...whole, validity: { state: 'invalid', reasons } }, [{ code: EXIT.notValid, why: reason.message }])
  // Where the parts are not valid by themselves, that is no more important than a part that is missing.
  const why = reasons.flatMap(({ level, message }) => (level === 'invalid' ? [message] : [])).join('; ')
  return ended.exitCode === EXIT.notValid ? { ...ended, reason: why } : ended
}

/** Returns a worker in a list if it was lost; else an empty list. */
function lostOf(worker: GivenByWorker, { plan, count, share = WHOLE, beganAt }: MadeRun) {
  const { number, lost: why, result, planned, reportedMs, view, endedAt = beganAt } = worker
  if (why === undefined) return []
  // A worker that ended before the load did so at its beginning, for the load.
  const lostMs = Math.max(0, endedAt - beganAt)
  const begun = iterationsDue(planOfShare(plan, shareWithin(share, number - 1, count)), reportedMs, lostMs)
  const due = begun === undefined ? undefined : begun + (view?.waiting ?? 0)
  return [{ number, why, planned, counted: result?.total.counts.planned ?? 0, reportedMs, lostMs, due }]
}

/**
 * Returns the result of a run with several processes when it ended before its load began. The workers have counted nothing then, so the result of the
 * main process (`own`) stands for all. It is marked as one shard of a larger run when `share` is given, otherwise as the whole run.
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

function merged(own: Result, workers: readonly GivenByWorker[], { count, share }: ProcessShare): Result {
  const parts = workers.flatMap(({ result, lost }) => (result ? [lost === undefined ? result : partOfLost(result)] : []))
  return mergeResults([own, ...parts], share ? { shard: { index: share.index, of: share.count } } : { of: count })
}
