/** Workers that ended before they had given a result: what is known of their share, and what is not. */
import { reason } from '../../metrics/validity/facts.ts'
import type { GroupMetrics, Result, ShardData, ValidityReason } from '../../result/schema.ts'

/** A worker that was lost. */
interface Lost {
  /** Its number, from 1. */
  readonly number: number
  readonly why: string
  /** Attempts that it had planned, as it said last. */
  readonly planned: number
  /** How many of them are in the result. */
  readonly counted: number
}

/** Returns the last checkpoint of a lost worker as its part of the run: attempts that were in flight were cut off with it. */
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

/** The same for what thresholds and validity are judged on. `ofRun`: counters of measured iterations, unknown beside a warm-up. */
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

/** Returns why the numbers of a run that lost workers are not valid. */
export function lostReason(lost: readonly Lost[], count: number): ValidityReason {
  const each = lost.map(({ number, why, planned, counted }) => {
    const unknown = planned > counted ? `; what became of ${planned - counted} of its attempts is not known` : ''
    return `worker ${number} of ${count}: ${why}${unknown}`
  })
  const message = `${each.join('; ')}: the load that it was to make from then on is missing`
  return reason('invalid', 'worker_lost', message, 'look for what ended it, such as too little memory, and run again')
}
