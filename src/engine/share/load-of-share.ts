/** The load that one share of a run makes: every arrival, user and iteration of the plan belongs to exactly one share. */
import type { ClosedLoad, Load, OpenLoad } from '../../load/executor.ts'
import { everyNth } from '../../load/timetable/process.ts'
import { numberOf, partOf, type Share } from '../../statistics/parts/share.ts'

/**
 * Returns the part of a phase's load that one worker or shard (`share`) runs. `before` is the number of iterations planned in earlier phases, because
 * iterations are numbered across all phases. When a phase has fewer users than there are workers, only the first workers take part in it.
 */
export function loadOfShare(load: Load, share: Share, before: number): Load {
  return { ...(load.model === 'open' ? openPart(load, share, before) : closedPart(load, share, before)), whole: load }
}

/**
 * Returns the part of an open load that one share makes. Arrivals keep their times: every share computes the same sequence from the seed, and takes
 * its own arrivals.
 */
function openPart(load: OpenLoad, share: Share, before: number): OpenLoad {
  if (load.part) return load.part(share)
  const among = Math.min(share.count, load.maxUsers)
  const own = { index: share.index, count: among }
  const skipped = (among + share.index - (before % among)) % among
  const part = (value: number) => (share.index < among ? value / among : 0)
  return {
    ...load,
    maxUsers: partOf(load.maxUsers, own),
    process: everyNth(load.process, among),
    peakPerSecond: part(load.peakPerSecond),
    rateAt: (elapsedMs) => part(load.rateAt(elapsedMs)),
    countAt: (elapsedMs) => part(load.countAt(elapsedMs)),
    arrivals: (random) => (share.index < among ? everyNthFrom(load.arrivals(random), skipped, among) : [].values()),
  }
}

/** Yields the arrival after `skipped` others, and then each `count`-th one. */
function* everyNthFrom(arrivals: Iterator<number, undefined>, skipped: number, count: number): Generator<number, undefined> {
  let left = skipped
  for (let next = arrivals.next(); !next.done; next = arrivals.next()) {
    if (left === 0) yield next.value
    left = left === 0 ? count - 1 : left - 1
  }
  return undefined
}

/** Returns the part of a closed load that one share makes. Users keep their numbers, and so their moment within an interval of `pace`. */
function closedPart(load: ClosedLoad, share: Share, before: number): ClosedLoad {
  const { sharedIterations, maxUsers } = load
  return {
    ...load,
    maxUsers: partOf(maxUsers, share),
    usersAt: (elapsedMs) => partOf(load.usersAt(elapsedMs), share),
    sharedIterations: sharedIterations === undefined ? undefined : iterationsOf(sharedIterations, maxUsers, share, before),
    beginsAfter: (rank) => load.beginsAfter(numberOf(rank, share)),
  }
}

function iterationsOf(total: number, users: number, share: Share, before: number): number {
  if (users >= share.count) return partOf(before + total, share) - partOf(before, share)
  return share.index < users ? partOf(total, { index: share.index, count: users }) : 0
}
