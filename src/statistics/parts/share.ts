/** The part of a run that one of several processes carries out: a worker on the same machine, or a shard on another machine. */
export interface Share {
  /** Number of this share among all shares, from 0. */
  readonly index: number
  /** Number of processes that make the run together. */
  readonly count: number
  /** The share that all processes of this machine make together, if it is not the only one that makes it. */
  readonly machine?: Share
}

/** The `Share` (part of a run) of a process that carries out a run alone, without workers or shards: share 0 of 1. */
export const WHOLE: Share = { index: 0, count: 1 }

/**
 * Returns how many of a run's `total` users or iterations one of its processes carries out. They are numbered from 0. With `count` processes, the
 * process `index` gets those whose number modulo `count` equals `index`.
 */
export function partOf(total: number, { index, count }: Share): number {
  return Math.max(0, Math.ceil((total - index) / count))
}

/** Converts the number of a user or iteration within one worker's share of a run to its number in the whole run; both count from 0. */
export function numberOf(nth: number, { index, count }: Share): number {
  return index + nth * count
}

/** Divides a shard's share of a run among the shard's workers: returns the share of worker `nth` (from 0) of `count` workers. */
export function shareWithin(share: Share, nth: number, count: number): Share {
  return { index: numberOf(nth, share), count: share.count * count }
}
