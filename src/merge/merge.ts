/**
 * Merges the results of the parts (shards, workers) of one run to the result of the whole run. Counts and histograms are added, all other numbers are
 * computed from these; averages are never averaged.
 */
import { InputError } from '../errors.ts'
import { readCounters } from '../metrics/counts/counters.ts'
import { figureExits, stopExits, thresholdExits } from '../metrics/exits.ts'
import { neverSentNotes } from '../result/headline.ts'
import type { Result, ShardData, ValidityReason } from '../result/schema.ts'
import { type Exit, endOf, PART_OVER, passedReason, statusOfExits } from '../result/verdict.ts'
import { foldResults } from './fold.ts'
import { isSome } from './rules/values.ts'
import { outcomesOf } from './thresholds.ts'
import { type Missing, wholeValidity } from './validity.ts'

/** Options for merging the results of the parts of a run. */
interface MergeOptions {
  /**
   * The shard that the merged results form together, when they are only a part of a larger run. The outcome can then be merged again, and its
   * thresholds are not evaluated. Left out when the results are the whole run.
   */
  readonly shard?: NonNullable<Result['shard']>
  /** Number of parts that the run has; when left out, it is read from the results. */
  readonly of?: number
}

/**
 * Merges the results of the shards of one run to the result of the whole run. All of them are added up, so the caller must pass each shard only once
 * (see `partsAmong`). When shards are missing, the outcome is marked invalid.
 * @throws InputError when there are no results, when none is that of a shard, or when this version of burn cannot read a stored histogram or
 * threshold
 */
export function mergeResults(results: readonly Result[], options: MergeOptions = {}): Result {
  if (!isSome(results)) throw new InputError('there is nothing to merge')
  const whole = foldResults(results)
  const { shardData: data } = whole
  if (data === undefined) throw new InputError('a result holds nothing to be merged', 'only those of shards do')
  const exits = partExits(results)
  if (options.shard) {
    const end = endOf(exits, PART_OVER)
    const { index, of } = options.shard
    return { ...whole, ...end, status: statusOfExits(end.exitCodes), shard: { index, of } }
  }
  const { shardData: _, ...result } = whole
  const of = options.of ?? results[0].shard?.of ?? results.length
  const missing = missingIn(data.parts, of)
  const outcomes = outcomesOf({ result, data })
  const counters = readCounters(result.total.counters)
  const reasons = [...lostWorkers(results), ...wholeValidity(data.parts, missing, outcomes, result)]
  const ended = [...figureExits(counters, reasons), ...stopExits(result.stopWhen ?? [])]
  const failed = thresholdExits(outcomes.results)
  // The part that ended the load for a threshold says what that part alone measured: the figures of the whole stand first.
  const isEnded = outcomes.results.some(({ aborted, state }) => aborted && state === 'failed')
  const found = isEnded ? [...failed, ...exits, ...ended] : [...exits, ...ended, ...failed]
  const end = endOf(found, passedReason(outcomes.results))
  return {
    ...result,
    ...end,
    status: statusOfExits(end.exitCodes),
    shard: null,
    notes: [...result.notes, ...neverSent(result)],
    phases: result.phases.map((phase, i) => ({ ...phase, load: data.loads[i] ?? phase.load })),
    shards: { of, merged: data.parts.map(listed), missing: missing.shards },
    thresholds: outcomes.results,
    validity: { state: reasons[0]?.level ?? 'ok', reasons },
  }
}

/** Returns a note about the steps from which no part sent anything; an empty list when there are none, or when the run sent nothing at all. */
function neverSent({ total, steps }: Result): string[] {
  if (total.counts.started === 0) return []
  return neverSentNotes(steps.flatMap(({ name, counts: { planned, skipped = 0 } }) => (planned + skipped > 0 ? [] : [name])))
}

/**
 * Returns what is missing of a run of `count` shards. A shard with several workers has several parts: those whose number has the same remainder. One
 * of which at least one part is there is not missing, but its other parts may be.
 */
function missingIn(parts: ShardData['parts'], count: number): Missing {
  const upTo = (end: number) => Array.from({ length: end }, (_, index) => index)
  const there = new Set(parts.map(({ index }) => index % count))
  const shards = upTo(count).filter((index) => !there.has(index))
  const [of = count, ...others] = new Set(parts.map((part) => part.of))
  // Where shards have different numbers of workers, no part tells how many another shard has.
  if (others.length > 0) return { shards, count, parts: [], of }
  const numbers = new Set(parts.map(({ index }) => index))
  return { shards, count, parts: upTo(of).filter((index) => there.has(index % count) && !numbers.has(index)), of }
}

/** Returns the reasons of shards that have lost one of their workers, as the numbers of the parts do not show that. */
function lostWorkers(results: readonly Result[]): ValidityReason[] {
  return results.flatMap(({ validity, shard }) =>
    validity.reasons.flatMap((one) =>
      one.code === 'worker_lost' && shard ? [{ ...one, message: `shard ${shard.index + 1}/${shard.of}: ${one.message}` }] : [],
    ),
  )
}

function listed({ index, hostname, startTime, lateMs: late, counts }: ShardData['parts'][number]) {
  return { index, hostname, startTime, ...(late === undefined ? {} : { lateMs: late }), planned: counts.planned }
}

/** Returns the exit codes of the parts that signals, full disks, bugs or failed setups ended, each with its reason. */
function partExits(results: readonly Result[]): Exit[] {
  return results.flatMap(({ exitCodes, exitCode, reason, shard }) => {
    const name = shard ? `part ${shard.index + 1}/${shard.of}` : 'a part'
    return exitCodes.map((code) => ({
      code,
      why: code === exitCode ? `${name}: ${reason}` : `${name} ended with exit code ${code}`,
    }))
  })
}
