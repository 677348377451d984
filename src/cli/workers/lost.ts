/** Makes results for workers whose process ended before they sent their result (lost workers). */

import { reason } from '../../metrics/validity/facts.ts'
import type { GroupMetrics, Result, ShardData, ValidityReason } from '../../result/schema.ts'
import { formatMs } from '../../text/units.ts'

/** A worker that was lost: why, and how many of its attempts the result contains. */
interface Lost {
  /** The number of the worker, from 1. */
  readonly number: number
  readonly why: string
  /** The number of attempts that the worker had planned, by its last message. */
  readonly planned: number
  /** The number of the worker's attempts that its last checkpoint, and so the result, contains. */
  readonly counted: number
  /** When that message was sent, in ms since the run began; 0 when none came. */
  readonly reportedMs: number
  /** When the end of the worker was noticed, in ms since the run began. */
  readonly lostMs: number
  /**
   * The number of iterations that the worker should have begun between `reportedMs` and `lostMs`, with the arrivals that waited for a free user at
   * the first of these; undefined where there is no timetable.
   */
  readonly due: number | undefined
}

/**
 * Returns the result of the share of a run that a worker made before its process was lost, from the last checkpoint (result so far) it sent.
 * Attempts that were in flight count as cut.
 */
export function partOfLost(checkpoint: Result): Result {
  const { total, warmup, steps, phases, tags, iterations, shardData } = checkpoint
  const { planned, completed, failed, dropped } = iterations
  const cut = planned - completed - failed - dropped
  return {
    ...checkpoint,
    total: cutOff(total),
    warmup: warmup && cutOff(warmup),
    steps: steps.map(cutOff),
    phases: phases.map(cutOff),
    tags: Object.fromEntries(Object.entries(tags).map(([tag, group]) => [tag, cutOff(group)])),
    iterations: { ...iterations, cut },
    ...(shardData && { shardData: dataOfLost(shardData, warmup ? {} : { iterationsCut: cut }) }),
  }
}

/**
 * Converts the data for thresholds and validity of a lost worker in the same way as `partOfLost`: attempts in flight count as cut. `ofRun` are
 * counters of measured iterations; empty when there is a warm-up, because they are not known then.
 */
function dataOfLost(data: ShardData, ofRun: Readonly<Record<string, number>>): ShardData {
  return {
    ...data,
    counters: { ...data.counters, ...ofRun },
    parts: data.parts.map((part) => {
      const { counts, counters } = cutOff(part)
      return { ...part, counts, counters: { ...counters, ...ofRun } }
    }),
    thresholds: data.thresholds.map((one) => (one.group ? { ...one, group: cutOff(one.group) } : one)),
  }
}

function cutOff<Group extends Pick<GroupMetrics, 'counts' | 'counters'>>(group: Group): Group {
  const { planned, ok, failed, dropped } = group.counts
  const cut = planned - ok - failed - dropped
  return { ...group, counts: { ...group.counts, cut }, counters: { ...group.counters, cut } }
}

/**
 * Returns the reason for which the result of a run counts as invalid after worker processes were lost. Its code is `worker_lost`, and its message
 * says for each `lost` worker what is missing. `count` is the number of processes that made the run.
 */
export function lostReason(lost: readonly Lost[], count: number): ValidityReason {
  const each = lost.map(({ number, why, planned, counted, reportedMs, lostMs, due }) => {
    const unknown = planned > counted ? `; what became of ${planned - counted} of its attempts is not known` : ''
    const after = `; what it began after its last report (at ${shownMs(reportedMs)}) is in no count${mostText(due)}`
    return `worker ${number} of ${count}: ${why} ${shownMs(lostMs)} into the run${unknown}${after}`
  })
  const message = `${each.join('; ')}: the load that it was to make from then on is missing`
  return reason('invalid', 'worker_lost', message, 'look for what ended it, such as too little memory, and run again')
}

const shownMs = (ms: number) => formatMs(Math.round(ms / 100) * 100)

/**
 * Says at most how many iterations that is; '' where users begin them as the target answers. How many attempts iterations under way made in addition
 * is not known, so the text names them without a number.
 */
function mostText(due: number | undefined): string {
  if (due === undefined) return ''
  const begun = due === 0 ? 'no iteration' : `up to ${due} ${due === 1 ? 'iteration' : 'iterations'}`
  return `: by its timetable, ${begun}, and any further steps or retries of those under way`
}
