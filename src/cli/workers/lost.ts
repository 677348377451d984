/** Counts the shares of workers that ended before they had sent their result (lost workers). */
import { reason } from '../../metrics/validity/facts.ts'
import type { GroupMetrics, Result, ShardData, ValidityReason } from '../../result/schema.ts'

/** A worker that was lost. */
interface Lost {
  /** Its number, from 1. */
  readonly number: number
  readonly why: string
  /** Number of attempts that it had planned, by its last message. */
  readonly planned: number
  /** How many of them its last checkpoint, and so the result, includes. */
  readonly counted: number
}

/** Converts the last checkpoint of a lost worker to the result of its share: attempts that were in flight count as cut. */
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
 * Does the same for the data on which thresholds and validity are evaluated. `ofRun` holds counters of measured iterations, which are not known
 * when there is a warm-up.
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

/** Returns the validity reason `worker_lost` for a run of `count` processes, some of which were lost. */
export function lostReason(lost: readonly Lost[], count: number): ValidityReason {
  const each = lost.map(({ number, why, planned, counted }) => {
    const unknown = planned > counted ? `; what became of ${planned - counted} of its attempts is not known` : ''
    return `worker ${number} of ${count}: ${why}${unknown}`
  })
  const message = `${each.join('; ')}: the load that it was to make from then on is missing`
  return reason('invalid', 'worker_lost', message, 'look for what ended it, such as too little memory, and run again')
}
