/** The users of a run: created when first needed, reused with their connections by later phases. */
import pLimit, { type LimitFunction } from 'p-limit'
import type { IterationOutcome } from '../../metrics/counts/iterations.ts'
import type { IterationStart, ScheduledUser } from './scheduled-user.ts'

/** Numbers of iterations by outcome, warm-ups included. Once the run is over, planned = completed + failed + cut + dropped. */
export interface IterationCounts {
  planned: number
  completed: number
  failed: number
  /** Of those that failed, the ones that took too long. */
  expired: number
  /** Of those that failed, the ones that a template or condition outside of any attempt ended. */
  faulted: number
  cut: number
  dropped: number
}

/** Makes and keeps all simulated users of a run. */
export class Users {
  private readonly all: ScheduledUser[] = []
  private readonly idle: ScheduledUser[] = []
  private readonly make: (id: number) => ScheduledUser
  private readonly onEnd: (outcome: IterationOutcome, phase: number) => void
  private readonly limit: LimitFunction
  private readonly running = new Set<Promise<void>>()
  readonly counts: IterationCounts
  /** The first error that is a bug of burn's own; it ends the run. */
  bug: unknown

  /** At most `maxUsers` users work at the same time. Each iteration's outcome is added to `counts`, then `onEnd` is called. */
  constructor(
    maxUsers: number,
    counts: IterationCounts,
    make: (id: number) => ScheduledUser,
    onEnd: (outcome: IterationOutcome, phase: number) => void,
  ) {
    this.counts = counts
    this.make = make
    this.onEnd = onEnd
    this.limit = pLimit(Math.max(1, maxUsers))
  }

  /** Number of users that are in an iteration, or between two iterations of theirs. */
  get busy(): number {
    return this.all.length - this.idle.length
  }

  /** True when a user is idle, so that no new one has to be made. */
  get hasIdle(): boolean {
    return this.idle.length > 0
  }

  /** Number of users made so far. */
  get made(): number {
    return this.all.length
  }

  /** Returns the idle user that worked last, since its connection is the most recently used; a new user when none is idle. */
  take(): ScheduledUser {
    const idle = this.idle.pop()
    if (idle) return idle
    const made = this.make(this.all.length)
    this.all.push(made)
    return made
  }

  /** Runs `work` with a free user, within the limit of users at work; the user is idle again when `freed` is called. */
  launch(work: (user: ScheduledUser) => Promise<void>, freed: () => void): void {
    const user = this.take()
    const running = this.limit(() => work(user))
      .catch((error: unknown) => {
        this.bug ??= error
      })
      .then(() => {
        this.idle.push(user)
        this.running.delete(running)
        freed()
      })
    this.running.add(running)
  }

  /** Runs one iteration and counts its outcome. */
  async iterate(user: ScheduledUser, start: IterationStart): Promise<IterationOutcome> {
    const outcome = await user.iterate(start)
    this.counts[outcome] += 1
    if (outcome === 'expired' || outcome === 'faulted') this.counts.failed += 1
    this.onEnd(outcome, start.phase)
    return outcome
  }

  /** Resolves when no user is at work any more. */
  async settled(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running)
  }

  cancel(): void {
    for (const user of this.all) user.cancel()
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.all.map((user) => user.close()))
  }
}
