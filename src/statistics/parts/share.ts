/** The part of a run that one process makes when several make it together: a worker on the same machine, or a shard on another one. */
export interface Share {
  /** Number of this share among all shares, from 0. */
  readonly index: number
  /** Number of processes that make the run together. */
  readonly count: number
}

/** The share of a process that makes the whole run alone. */
export const WHOLE: Share = { index: 0, count: 1 }

/**
 * Returns how many of `total` users, iterations … (numbered from 0) belong to a share: those whose number modulo `count` is its index. The parts of
 * all shares add up to `total`.
 */
export function partOf(total: number, { index, count }: Share): number {
  return Math.max(0, Math.ceil((total - index) / count))
}

/** Converts the number of a user, iteration … within a share to its number in the whole run; both count from 0. */
export function numberOf(nth: number, { index, count }: Share): number {
  return index + nth * count
}

/** Divides a share of a run further: returns part `nth` (from 0) of `count` parts, which together cover exactly the share. */
export function shareWithin(share: Share, nth: number, count: number): Share {
  return { index: numberOf(nth, share), count: share.count * count }
}
