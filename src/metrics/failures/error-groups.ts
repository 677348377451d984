/** Groups failures whose messages differ only in ids and numbers. */
import type { ErrorGroup } from '../../result/schema.ts'
import { hintFor } from './hints.ts'
import { TimeStrip } from './time-strip.ts'

/** Largest number of groups of failures. Later failures are counted in groups named "other", whatever their message. */
const MAX_GROUPS = 200
const MAX_SAMPLE = 300
/** The fingerprint of an error group that is made once there are 200 groups. From then on, new failures are grouped only by step, class and phase. */
export const OTHER = 'other'

/**
 * Returns the first 300 characters of an error message, with `<id>` and `<n>` in place of ids and numbers, so that messages that differ only in these
 * become equal.
 */
export function fingerprint(message: string): string {
  return message
    .slice(0, MAX_SAMPLE)
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '<id>')
    .replace(/\b(?=\w*\d)\w{8,}\b/g, '<id>')
    .replace(/\d+(?:\.\d+)*/g, '<n>')
}

/** The facts about a failed attempt that decide its group; `endedAt` is in ms. */
interface FailedAttempt {
  readonly failure: { readonly class: string; readonly phase: string; readonly message: string } | undefined
  readonly endedAt: number
  /** True when the attempt's connection had been used before. */
  readonly reused?: boolean | undefined
}

interface OpenErrorGroup {
  class: string
  phase: string
  step: string
  fingerprint: string
  sample: string
  count: number
  firstAt: number
  lastAt: number
  onReused: number
  strip: TimeStrip
}

/**
 * Counts the failures of a run in groups. A group has failures of the same step, class and phase, whose messages differ only in ids and numbers. The
 * number of groups is limited.
 */
export class ErrorGroups {
  private readonly groups = new Map<string, OpenErrorGroup>()

  /** Counts one failed attempt of the step named `step`. */
  add({ failure, endedAt, reused }: FailedAttempt, step: string): void {
    if (!failure) return
    const group = this.groupOf(failure, step, endedAt)
    group.count += 1
    group.lastAt = endedAt
    group.strip.add(endedAt - group.firstAt)
    if (reused) group.onReused += 1
  }

  /** Adds the failure groups of other shares of the run, whose times are counted from the same moment. */
  addStored(groups: readonly ErrorGroup[]): void {
    // The time strip of a group begins with the group's first failure.
    for (const stored of groups.toSorted((a, b) => a.firstMs - b.firstMs)) {
      const { class: failureClass, phase, step, sample, fingerprint: print, firstMs, lastMs, overTime } = stored
      const group = this.groupOf({ class: failureClass, phase, message: sample }, step, firstMs, print)
      group.count += stored.count
      group.lastAt = Math.max(group.lastAt, lastMs)
      group.onReused += stored.onReused ?? 0
      const { widthMs, counts } = overTime ?? { widthMs: 0, counts: [stored.count] }
      for (const [at, count] of counts.entries()) group.strip.add(firstMs - group.firstAt + at * widthMs, count)
    }
  }

  /** Returns the number of failures by class. */
  byClass(): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const { class: name, count } of this.groups.values()) counts[name] = (counts[name] ?? 0) + count
    return counts
  }

  /** Returns the failures by class, the most frequent first, each with a sample message from the group that failed last. */
  latestByClass(): { readonly class: string; readonly count: number; readonly message: string }[] {
    const classes = new Map<string, { count: number; lastAt: number; message: string }>()
    for (const { class: name, count, lastAt, sample } of this.groups.values()) {
      const known = classes.get(name) ?? { count: 0, lastAt: Number.NEGATIVE_INFINITY, message: '' }
      if (lastAt >= known.lastAt) Object.assign(known, { lastAt, message: sample })
      known.count += count
      classes.set(name, known)
    }
    return [...classes].map(([name, { count, message }]) => ({ class: name, count, message })).sort((a, b) => b.count - a.count)
  }

  /** Returns the group for a failure; when there are too many groups, the common group for other failures of the step, class and phase. */
  private groupOf(
    failure: NonNullable<FailedAttempt['failure']>,
    step: string,
    firstAt: number,
    print = fingerprint(failure.message),
  ): OpenErrorGroup {
    const { class: failureClass, phase, message } = failure
    const key = JSON.stringify([step, failureClass, phase, print])
    const known = this.groups.get(key)
    if (known) return known
    const full = this.groups.size >= MAX_GROUPS
    const id = full ? JSON.stringify([step, failureClass, phase]) : key
    const sample = message.slice(0, MAX_SAMPLE)
    const own = { class: failureClass, phase, step, fingerprint: full ? OTHER : print, sample }
    const group = this.groups.get(id) ?? { ...own, count: 0, firstAt, lastAt: firstAt, onReused: 0, strip: new TimeStrip() }
    this.groups.set(id, group)
    return group
  }

  /** Returns the groups for the result, largest first; their times are in ms since `startedAt`. */
  toResult(startedAt: number): ErrorGroup[] {
    return [...this.groups.values()]
      .sort((a, b) => b.count - a.count)
      .map(({ firstAt, lastAt, onReused, strip, ...group }) => ({
        ...group,
        firstMs: firstAt - startedAt,
        lastMs: lastAt - startedAt,
        hint: hintFor(group.class, group.sample),
        ...(onReused > 0 ? { onReused } : {}),
        ...(group.count > 1 ? { overTime: strip.read() } : {}),
      }))
  }
}
