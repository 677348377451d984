/** The users of a run: created when first needed, reused with their connections by later phases. */
import type { IterationOutcome } from '../../metrics/counts/iterations.ts'
import type { ScheduledUser } from './scheduled-user.ts'

/** Numbers of iterations by outcome, warm-ups included. Once the run is over, planned = completed + failed + cut + dropped. */
export interface IterationCounts {
  planned: number
  completed: number
  failed: number
  /** Of those that failed, the ones that took too long. */
  expired: number
  /** Of those that failed, the ones that a template or condition outside of any attempt ended. */
  faulted: number
  /** Of those that failed, the ones that failed by injected faults alone. */
  injected: number
  cut: number
  dropped: number
}

/** Makes and keeps all simulated users of a run. */
export class Users {
  private readonly all: ScheduledUser[] = []
  private readonly idle: ScheduledUser[] = []
  private readonly make: (id: number) => ScheduledUser
  private readonly onEnd: (outcome: IterationOutcome, phase: number, iteration: number) => void
  /** Number of users that work for `launch`, and what to call when it is zero again. */
  private atWork = 0
  private whenSettled: (() => void) | undefined
  readonly counts: IterationCounts
  /** The first error that is a bug of burn's own; it ends the run. */
  bug: unknown

  /** Each iteration's outcome is added to `counts`, then `onEnd` is called. */
  constructor(
    counts: IterationCounts,
    make: (id: number) => ScheduledUser,
    onEnd: (outcome: IterationOutcome, phase: number, iteration: number) => void,
  ) {
    this.counts = counts
    this.make = make
    this.onEnd = onEnd
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

  /** Makes `count` users before the load, the first of which works first, and returns them. */
  makeAhead(count: number): readonly ScheduledUser[] {
    const made = Array.from({ length: count }, (_, index) => this.make(this.all.length + index))
    this.all.push(...made)
    this.idle.unshift(...made.toReversed())
    return made
  }

  /** Runs `work` with a free user, from now on; the user is idle again when `freed` is called. An error of either is kept as `bug`. */
  launch(work: (user: ScheduledUser) => Promise<void>, freed: () => void): void {
    this.atWork += 1
    void this.run(this.take(), work, freed)
  }

  private async run(user: ScheduledUser, work: (user: ScheduledUser) => Promise<void>, freed: () => void): Promise<void> {
    try {
      await work(user)
    } catch (error) {
      this.bug ??= error
    }
    this.idle.push(user)
    try {
      freed()
    } catch (error) {
      this.bug ??= error
    }
    this.atWork -= 1
    if (this.atWork === 0) this.whenSettled?.()
  }

  /** Counts an iteration that has ended, by its number in the run. */
  ended(outcome: IterationOutcome, phase: number, iteration: number): void {
    this.counts[outcome] += 1
    if (outcome === 'expired' || outcome === 'faulted' || outcome === 'injected') this.counts.failed += 1
    this.onEnd(outcome, phase, iteration)
  }

  /** Resolves when no user is at work any more. */
  async settled(): Promise<void> {
    while (this.atWork > 0)
      await new Promise<void>((resolve) => {
        this.whenSettled = resolve
      })
  }

  cancel(): void {
    for (const user of this.all) user.cancel()
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.all.map((user) => user.close()))
  }
}
